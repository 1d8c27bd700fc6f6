#include <build/compiler_messages.hpp>

#include <lab/catch.hpp>

#include <string>
#include <vector>

using lockstep::what_matters;
using Lines = std::vector<std::string>;

namespace {

Lines chosen(const Lines& lines) { return what_matters(lines, {"a.cpp", "b.hpp"}).lines; }

}  // namespace

TEST_CASE("an error in the student's file keeps its code, and nothing that GCC says before it") {
    CHECK(chosen({"a.cpp: In lambda function:",
                  "a.cpp:26:36: error: 'class Site' has no member named 'fetsh'",
                  "   26 |                 pages[mine] = site.fetsh(urls[mine]);",
                  "      |                                    ^~~~~", "compilation terminated."}) ==
          Lines{"a.cpp:26:36: error: 'class Site' has no member named 'fetsh'",
                "   26 |                 pages[mine] = site.fetsh(urls[mine]);",
                "      |                                    ^~~~~"});
}

TEST_CASE("of an error inside the library the student's line is told, and none of the library's") {
    CHECK(chosen({"In file included from a.cpp:8:",
                  "/usr/include/c++/12/thread: In instantiation of 'std::jthread::_S_create()':",
                  "/usr/include/c++/12/thread:128:28:   required from 'std::jthread::jthread()'",
                  "a.cpp:37:69:   required from here",
                  "/usr/include/c++/12/thread:235:27: error: static assertion failed: arguments",
                  "  235 |       static_assert(is_invocable_v<decay_t<_Callable>,",
                  "      |                     ^~~~~~~~~~~~~~",
                  "/usr/include/c++/12/thread:235:27: note: 'is_invocable_v<int>' is false"}) ==
          Lines{"<thread>:235:27: error: static assertion failed: arguments",
                "a.cpp:37:69: required from here",
                "... and 1 more message: warnings, or about the library."});
    // GCC 14 quotes the line from which it is required.
    CHECK(chosen({"/usr/include/c++/14/thread: In instantiation of 'f()':",
                  "b.hpp:37:69:   required from here", "   37 |   threads.emplace_back(1);",
                  "      |   ~~~~~~~^~~", "/usr/include/c++/14/bits/new.h:2:7: error: bad"}) ==
          Lines{"<bits/new.h>:2:7: error: bad", "b.hpp:37:69: required from here",
                "   37 |   threads.emplace_back(1);", "      |   ~~~~~~~^~~"});
    // Nothing of the student's but the line that includes it.
    CHECK(chosen({"In file included from /usr/include/x.h:3,", "                 from a.cpp:1:",
                  "/usr/include/y.h:5:2: error: #error not this way"}) ==
          Lines{"<y.h>:5:2: error: #error not this way", "In file included from a.cpp:1:"});
}

TEST_CASE("one line of the student's is told of once, however often the library stumbles over it") {
    CHECK(chosen({"a.cpp:35:7:   required from here", "/usr/include/u.h:90:5: error: first",
                  "a.cpp:35:7:   required from here", "/usr/include/v.h:15:2: error: second",
                  "/usr/include/v.h:9:2: note: about the second",
                  "a.cpp:36:7:   required from here", "/usr/include/v.h:15:2: error: third",
                  "a.cpp:36:9: error: their own", "a.cpp:36:9: error: and another"}) ==
          Lines{"<u.h>:90:5: error: first", "a.cpp:35:7: required from here",
                "<v.h>:15:2: error: third", "a.cpp:36:7: required from here",
                "a.cpp:36:9: error: their own", "a.cpp:36:9: error: and another",
                "... and 2 more messages: warnings, or about the library."});
}

TEST_CASE("notes about the student's and the kit's files are kept, each once") {
    CHECK(chosen({"a.cpp:36:43: error: no matching function for call to 'fetch(int)'",
                  "   36 |     site.fetch(1);", "      |     ~~~~~~~~~~^~~",
                  "In file included from downloads.hpp:4,", "                 from a.cpp:1:",
                  "support/site.hpp:40:10: note: candidate: 'Page Site::fetch(std::string_view)'",
                  "   40 |     Page fetch(std::string_view url);", "      |          ^~~~~",
                  "/usr/include/c++/12/x:1:1: note: candidate: 'f'",
                  "a.cpp:36:43: note:   deduced conflicting types", "   36 |     site.fetch(1);",
                  "      |     ~~~~~~~~~~^~~", "/usr/include/c++/12/x:9:1: note: candidate: 'g'",
                  "a.cpp:36:43: note:   deduced conflicting types", "   36 |     site.fetch(1);",
                  "      |     ~~~~~~~~~~^~~"}) ==
          Lines{"a.cpp:36:43: error: no matching function for call to 'fetch(int)'",
                "   36 |     site.fetch(1);", "      |     ~~~~~~~~~~^~~",
                "support/site.hpp:40:10: note: candidate: 'Page Site::fetch(std::string_view)'",
                "   40 |     Page fetch(std::string_view url);", "      |          ^~~~~",
                "a.cpp:36:43: note:   deduced conflicting types",
                "... and 2 more messages: warnings, or about the library."});
}

TEST_CASE("of many notes about one error some are enough") {
    Lines lines{"a.cpp:1:1: error: no match for 'operator<<'"};
    for (int i = 0; i < 40; ++i)
        lines.push_back("a.cpp:1:1: note:   cannot convert to " + std::to_string(i));
    Lines kept{lines.begin(), lines.begin() + 4};
    kept.emplace_back("... and 37 more messages: warnings, or about the library.");
    CHECK(chosen(lines) == kept);
}

TEST_CASE("Clang tells in notes what led to an error") {
    const std::string thread =
        "/usr/bin/../lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/thread";
    CHECK(chosen({"In file included from a.cpp:8:", thread + ":235:7: error: static_assert failed",
                  "      static_assert(is_invocable_v<decay_t<_Callable>,", "      ^",
                  thread + ":128:28: note: in instantiation of function template",
                  "a.cpp:37:17: note: in instantiation of function template requested here",
                  "        threads.emplace_back(1);", "                ^",
                  thread + ":240:7: error: no matching constructor",
                  "a.cpp:37:17: note: in instantiation of function template requested here",
                  thread + ":240:7: error: no matching constructor",
                  "a.cpp:38:17: note: in instantiation of function template requested here",
                  "3 errors generated."}) ==
          Lines{"<thread>:235:7: error: static_assert failed",
                "a.cpp:37:17: note: in instantiation of function template requested here",
                "        threads.emplace_back(1);", "                ^",
                "<thread>:240:7: error: no matching constructor",
                "a.cpp:38:17: note: in instantiation of function template requested here",
                "... and 3 more messages: warnings, or about the library."});
}

TEST_CASE("warnings wait until the errors are gone") {
    const Lines warned{"a.cpp: In function 'int f()':", "a.cpp:3:5: warning: unused",
                       "    3 | int x;", "      |     ^", "1 warning generated."};
    CHECK(chosen(warned) == warned);
    Lines both = warned;
    both.pop_back();
    both.emplace_back("a.cpp:9:1: error: expected ';'");
    CHECK(chosen(both) == Lines{"a.cpp:9:1: error: expected ';'",
                                "... and 1 more message: warnings, or about the library."});
}

TEST_CASE("what is no message is kept where there is nothing else") {
    CHECK(chosen({}).empty());
    CHECK(chosen({"Segmentation fault"}) == Lines{"Segmentation fault"});
    CHECK(chosen({"g++: fatal error: Killed signal terminated program cc1plus",
                  "compilation terminated."}) ==
          Lines{"g++: fatal error: Killed signal terminated program cc1plus"});
    // Quoted code that looks like a message is none.
    const Lines quoted{"a.cpp:1:1: warning: odd", "    1 | f(\"a.cpp:1:1: error: no\");"};
    CHECK(chosen(quoted) == quoted);
}

TEST_CASE("types have the names under which they are written, and code is left as it is") {
    CHECK(chosen({"a.cpp:1:1: error: 'std::span<const std::__cxx11::basic_string<char> >' is not "
                  "'std::vector<std::__exception_ptr::exception_ptr>' nor "
                  "'std::basic_string_view<char>'",
                  "    1 | std::basic_string_view<char> x;"}) ==
          Lines{"a.cpp:1:1: error: 'std::span<const std::string >' is not "
                "'std::vector<std::exception_ptr>' nor 'std::string_view'",
                "    1 | std::basic_string_view<char> x;"});
}
