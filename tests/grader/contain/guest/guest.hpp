// The program that the tests contain: its first argument says what it does.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace guest {

using Arguments = std::vector<std::string>;
/// Returns the exit code.
using Deed = std::function<int(const Arguments&)>;
using Deeds = std::map<std::string, Deed>;

Deeds plain_deeds();  ///< end in some way, say something
Deeds bombs();        ///< use more and more of something
Deeds outlaws();      ///< want to live on, or to hurt others
Deeds spies();        ///< tell what they can see and reach

[[noreturn]] void sleep_for_ever();

}  // namespace guest
