// A capture's records as other tools read them: docs/exports.md.
#pragma once

#include <string>

#include "core/queries/view.hpp"
#include "core/session.hpp"
#include "core/sink.hpp"

namespace alloclens::core {

/// Writes the file at `path`; returns its bytes. Throws Error: "bad_query" for a format that there is not, "io", "cancelled".
std::uint64_t export_to(const std::string& path, const std::string& format, const View& view, Measure measure, const Progress& progress);

/// What all formats are made of.
struct Exported {
    const View& view;
    Measure measure;
    Sink& out;
    /// To be called now and then with the number of rows written.
    const Progress& progress;

    void report(std::uint64_t rows, std::uint64_t total) const;
};

void export_collapsed(const Exported& what);
void export_speedscope(const Exported& what);
void export_pprof(const Exported& what);
void export_csv(const Exported& what);
void export_json(const Exported& what);
void export_ndjson(const Exported& what);

/// The stacks from the outermost frame to this one; empty for memory without Python code.
std::vector<std::uint32_t> path_to(const View& view, std::uint32_t stack);
/// `load (/w/main.py:12)`.
std::string label_of(const Places& places, std::uint32_t place);
const char* name_of(Measure measure);

}  // namespace alloclens::core
