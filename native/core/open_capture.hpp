// A capture and what was made of it so far: what queries work on.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/capture/reader.hpp"
#include "core/capture/replay.hpp"
#include "core/profile/moments.hpp"
#include "core/profile/subject_history.hpp"
#include "core/queries/frame_tree.hpp"
#include "core/queries/json_writer.hpp"
#include "core/queries/native_places.hpp"
#include "core/queries/places.hpp"
#include "core/queries/rows.hpp"
#include "core/queries/scope.hpp"
#include "core/queries/stack_links.hpp"
#include "core/queries/view.hpp"

namespace alloclens::core {

/// What the first reading of a finished capture keeps apart beside the measures, so that a question finds it there and
/// needs no reading of its own.
struct Division {
    static constexpr std::uint32_t kMostParts = 64;

    std::uint32_t parts = 1;  ///< of time, equal ones
    bool sizes = false;
    bool moments = false;     ///< and what each account held in each part

    bool any() const { return parts > 1 || sizes; }
};

class OpenCapture {
  public:
    /// Reads all that is there. Throws Error.
    OpenCapture(const std::string& path, const Division& division, const Progress& progress);

    /// Reads what was appended since; true when anything was. Throws Error; what was read until then stays.
    bool update(const Progress& progress);

    Reader& reader() { return reader_; }
    const Recording& recording() const { return reader_.recording(); }
    const Program& program() const { return recording().profile.program(); }
    const Places& places();
    /// With those of native frames, which are looked up in files with debug information now.
    const Places& places_with_native();
    const NativePlaces& native_places() const { return natives_; }
    /// Sentences about native code whose names could not be found so far.
    const std::vector<std::string>& native_notes() const { return natives_.notes(); }
    const StackLinks& links();

    /// Throws Error("cancelled"). Valid until the next call that changes something.
    const Profile& profile(const Part& part, const Progress& progress);
    View view(const Scope& scope, const Progress& progress);
    /// The same with one account for each stack, thread, allocator and region, for those who list accounts.
    View view_undivided(const Scope& scope, const Progress& progress);
    /// Kept apart by the part of the range in which it was allocated, of at most 64, and by size. An aggregate has neither.
    View view_divided(const Scope& scope, std::uint32_t parts, bool sizes, const Progress& progress);
    const FrameTree& frame_tree(const Scope& scope, const FrameTreeOptions& options, const Progress& progress);
    /// Figures of all measures, so that another one costs nothing. `native`: native functions have lines of their own.
    const std::vector<LineOfCode>& lines(const Scope& scope, bool native, const Progress& progress);
    const FunctionSums& functions(const Scope& scope, const Progress& progress);

    /// Goes through the whole run, cut into at most so many parts. An aggregate has one.
    void answer_moments(const Scope& scope, std::uint32_t max_nodes, std::uint32_t max_parts, JsonWriter& out, const Progress& progress);

    /// Of the stacks that are marked, as far as the scope lets them through. Reads the capture once more.
    SubjectHistory history(const Scope& scope, const std::vector<bool>& subject, const Progress& progress);

    /// Another capture, to compare with; kept open.
    OpenCapture& other(const std::string& path, const Progress& progress);

    /// Of the whole run, with accounts as in `view_undivided`.
    const Profile& undivided(const Progress& progress);

  private:
    /// A part of the run, and how far it was read.
    struct KeptPart {
        KeptPart(const Part& part, const Profile& whole);
        Profile profile;
        Replay<Profile> replay{profile};
    };
    struct KeptTree {
        Scope scope;
        FrameTree tree;
    };
    struct KeptLines {
        Scope scope;
        bool native;
        std::vector<LineOfCode> lines;
    };
    struct KeptFunctions {
        Scope scope;
        FunctionSums sums;
    };

    /// Throws Error when the capture has none to be read again.
    void need_events() const;
    void prepare();
    void forget_answers();
    const Profile& kept_part(const Part& part, const Progress& progress);
    View view_of(const Profile& profile, const Scope& scope);
    void divide(const Division& division);

    Reader reader_;
    std::optional<AccountMoments> moments_;  ///< when the first reading kept them
    bool divided_ = false;
    Places places_;
    NativePlaces natives_;
    StackLinks links_;
    bool prepared_ = false;
    std::list<KeptPart> parts_;  ///< the last used first
    std::optional<KeptTree> tree_;
    std::optional<KeptLines> lines_;
    std::optional<KeptFunctions> functions_;
    std::string other_path_;
    std::unique_ptr<OpenCapture> other_;
};

}  // namespace alloclens::core
