// One function a question of extension/shared/capture.ts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/session.hpp"
#include "frame_tree.hpp"
#include "json_writer.hpp"
#include "view.hpp"

namespace alloclens::core {

class SubjectHistory;
struct LineOfCode;
struct FunctionSums;
struct EventIndex;
struct Health;

struct FunctionId {
    std::string file;
    std::string name;
    std::uint32_t first_line;
    /// Of a class: all code from its first to its last line, whatever the functions are called.
    std::optional<std::uint32_t> last_line;
};

/// Both ends are inside.
struct LineRange {
    std::uint32_t first;
    std::uint32_t last;
};

struct FunctionsQuery {
    std::optional<std::string> file;
    Measure measure = Measure::peak;
    std::optional<std::size_t> limit;
};

/// Which line gets the bytes.
enum class Attribution { own, yours, with_callees };

struct LineDetailQuery {
    std::string file;
    std::uint32_t line;
    Measure measure;
    std::size_t limit;
};

struct TreeQuery {
    Measure measure;
    std::size_t max_nodes;
    bool inverted = false;
    std::optional<FunctionId> root;
    Hidden hide;
    bool split_threads = false;
    bool interpreter = false;
};

/// What a number of a frame must be.
struct AmountTerm {
    enum class Field { bytes, own, allocations, share } field;
    enum class Comparison { more, at_least, less, at_most, equal } comparison;
    double value;
    bool negated;
};

/// Frames of these places, or of the level of these threads, for which all terms hold.
struct FramesQuery {
    TreeQuery tree;
    std::vector<std::uint32_t> places;
    std::vector<std::uint32_t> threads;
    std::vector<AmountTerm> amounts;
};

/// Rows of a long table.
struct Page {
    std::uint32_t offset;
    std::uint32_t limit;
};

/// `more_notes` follow those of the recording.
void answer_summary(const View& view, const std::vector<std::string>& more_notes, JsonWriter& out);
/// Of all lines, or of those with most bytes of the measure with callees.
void answer_lines(const Places& places, std::vector<LineOfCode> lines, Measure measure, std::optional<std::size_t> limit, JsonWriter& out);
/// Bytes of the line that has most of them, all functions on it together.
void answer_hottest_line(const Places& places, const std::vector<LineOfCode>& all, Measure measure, Attribution attribution, JsonWriter& out);
void answer_file_lines(const View& view, const std::string& file, JsonWriter& out);
/// Of the file's expressions, where the program's Python records columns.
void answer_expressions(const View& view, const std::string& file, JsonWriter& out);
/// With callees, for each range of lines: stacks with any frame inside it, once each.
void answer_line_ranges(const View& view, const std::string& file, const std::vector<LineRange>& ranges, JsonWriter& out);
void answer_functions(const Places& places, const FunctionSums& sums, const FunctionsQuery& query, JsonWriter& out);
void answer_line_detail(const View& view, const LineDetailQuery& query, JsonWriter& out);
FrameTreeOptions frame_tree_options(const Places& places, const TreeQuery& query);
/// `tree` was made with `frame_tree_options`.
void answer_tree(const FrameTree& tree, const Program& program, const TreeQuery& query, JsonWriter& out);
/// Of the whole tree, however small frames are; bytes are of the outermost ones. Throws Error("cancelled").
void answer_count_frames(const FrameTree& tree, const Program& program, const FramesQuery& query, const Progress& progress, JsonWriter& out);
/// `heap`: of what the scope lets through, where that is not all of the profile's.
void answer_timeline(const Recording& recording, const Profile& profile, const Timeline* heap, std::size_t points, JsonWriter& out);
/// The view is kept by size and by generations; `natives` as for lines.
void answer_stats(const View& view, const NativePlaces* natives, Measure measure, std::size_t limit, JsonWriter& out);
void answer_neighbours(const View& view, const FunctionId& function, Measure measure, std::size_t limit, JsonWriter& out);
void answer_records(const View& view, Measure measure, const Page& page, JsonWriter& out);
void answer_history(const View& view, const std::vector<bool>& subject, const SubjectHistory& history, std::size_t points, JsonWriter& out);
/// A file's text as it was when the program ran; nothing when it is not known.
using SourceText = std::function<std::optional<std::string>(const std::string& file)>;
/// What is left, by stack, what grew most first; of those that imports and caches keep, and of the others, at most `limit`.
/// The view is of a part with generations.
void answer_unfreed(const View& view, const SourceText& source, std::size_t limit, JsonWriter& out);
struct DiffSide {
    const View& view;
    SourceText source;
};
/// What changed most comes first. Lines are found again where the texts of both runs are known, else by their numbers.
void answer_diff(const DiffSide& before, const DiffSide& after, Measure measure, std::size_t limit, JsonWriter& out);
/// The root of the query is a function of `after`.
void answer_diff_tree(const FrameTree& before, const FrameTree& after, const TreeQuery& query, JsonWriter& out);
void answer_inspect(const Health& health, const View& view, const EventIndex& events, JsonWriter& out);
/// Native frames, which are resolved, have the place of the innermost of the functions that were inlined into one another.
void answer_stacks(const Program& program, const Places& places, const NativePlaces& natives, const Page& page, JsonWriter& out);
void answer_frames(const Places& places, const Page& page, JsonWriter& out);
void answer_files(const Places& places, JsonWriter& out);
/// The newest source of the file, or null.
const SourceEntry* find_source(const Recording& recording, const std::string& file);
void answer_source(const SourceEntry* source, const std::optional<std::string>& text, JsonWriter& out);

/// The figures as fields of the object that is open.
void write_figures(const Figures& figures, JsonWriter& out);
void write_figures(std::string_view name, const Figures& figures, JsonWriter& out);
/// `file`, `line`, `function` and `origin` of a place; null for place 0.
void write_place(const Places& places, std::uint32_t place, JsonWriter& out);
/// Sentences about what is missing or uncertain.
std::vector<std::string> notes(const View& view);
/// The highest value in each of at most so many steps.
std::vector<std::uint64_t> highest_of(const Timeline& timeline, std::size_t points);
/// `times` and `heap` of the object that is open.
void write_steps(const Timeline& timeline, std::size_t points, JsonWriter& out);
double duration_s(const Recording& recording);
struct PeakRss {
    std::uint64_t bytes;
    std::uint64_t time_us;
};
PeakRss peak_rss(const View& view);
/// Whether the capture tells what pymalloc has mapped.
bool tells_arenas(const Recording& recording);
/// A thread's own name, or one made of its number.
std::string thread_name(const Program& program, std::uint32_t thread);
/// A deterministic order for places with the same figures.
bool place_before(const Places& places, std::uint32_t a, std::uint32_t b);

}  // namespace alloclens::core
