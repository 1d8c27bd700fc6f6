// What `grader verify` has to say against the kit.
#pragma once

#include <string>
#include <vector>

namespace lockstep {

struct KitComplaint {
    std::string about;  ///< a path below the kit's folder, or the id of an exercise or check
    std::string says;   ///< one or more lines: what is wrong
    std::string fix;    ///< one sentence: what to do about it
};

using KitComplaints = std::vector<KitComplaint>;

}  // namespace lockstep
