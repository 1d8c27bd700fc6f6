#include <build/diagnostics.hpp>

#include <lab/catch.hpp>

#include <string>

using namespace lockstep;

namespace {

const ShorterPaths shorter{{"/submission/", ""}, {"/kit/include/", ""}};

Diagnostics compiled(const std::string& output) {
    return read_compiler_output(output, shorter, {"a.cpp", "b.hpp"});
}

Diagnostics linked(const std::string& output) {
    return read_linker_output(output, shorter, {"a.cpp"}, "a.hpp");
}

}  // namespace

TEST_CASE("the first error's place is the student's own line") {
    const Diagnostics plain = compiled(
        "/submission/a.cpp: In function 'int f()':\n"
        "/submission/a.cpp:3:5: warning: unused\n"
        "/submission/a.cpp:12:5: error: expected ';'\n"
        "/submission/b.hpp:1:1: error: another\n");
    CHECK(plain.file == "a.cpp");
    CHECK(plain.line == 12);
    CHECK(plain.text.find("/submission") == std::string::npos);

    const Diagnostics in_library = compiled(
        "In file included from /usr/include/c++/12/thread:40,\n"
        "                 from /submission/a.cpp:2:\n"
        "/usr/include/c++/12/std_thread.h: In instantiation of 'thread(F)':\n"
        "/submission/b.hpp:40:9:   required from here\n"
        "/usr/include/c++/12/std_thread.h:129:72: error: static assertion failed\n"
        "/submission/a.cpp:77:1: note: candidate\n");
    CHECK(in_library.file == "b.hpp");
    CHECK(in_library.line == 40);

    CHECK(compiled("/kit/include/lab/x.hpp:1:1: error: odd\n").file == "");
    CHECK(compiled("my-a.cpp:1:1: error: not theirs\n").file == "");
    CHECK(compiled("").text == "");
}

TEST_CASE("what a compiler prints is cleaned and capped") {
    CHECK(compiled("a.cpp:1:1: error: \x1B[2Jcaf\xE9 \xC3\xA9 \xE2\x80\xAEx\r\n").text ==
          "a.cpp:1:1: error: \xEF\xBF\xBD[2Jcaf\xEF\xBF\xBD \xC3\xA9 \xEF\xBF\xBDx\n");
    std::string flood;
    for (int i = 0; i < 10'000; ++i) flood += "a.cpp:1:1: error: " + std::string(600, 'x') + "\n";
    const Diagnostics diagnostics = compiled(flood);
    CHECK(diagnostics.text.size() < max_diagnostics_bytes + 100);
    CHECK(diagnostics.text.find(" more lines.\n") != std::string::npos);
    CHECK(diagnostics.line == 1);
}

TEST_CASE("a long line is cut, between two characters, once its types have their short names") {
    const std::string type =
        "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >";
    std::string arguments;
    std::string read;
    for (int i = 0; i < 20; ++i) {
        arguments += type + ", ";
        read += "std::string, ";
    }
    CHECK(compiled("a.cpp:1:1: error: no 'f(" + arguments + "int)'\n").text ==
          "a.cpp:1:1: error: no 'f(" + read + "int)'\n");
    std::string wide = "a.cpp:1:1: error: ";
    while (wide.size() < 1000) wide += "\xE2\x82\xAC";
    const std::string cut = compiled(wide).text;
    CHECK(cut.size() < 410);
    CHECK(cut.ends_with("\xE2\x82\xAC ...\n"));
}

TEST_CASE("a linker's complaint is told in words, whichever linker it was") {
    const std::string missing =
        "'f(int)' is called and nowhere defined: write it in a.cpp, with exactly the parameters "
        "that "
        "a.hpp gives it.\n";
    CHECK(
        linked("mold: error: undefined symbol: f(int)\n>>> referenced by x\n").text.find(missing) ==
        0);
    CHECK(linked("ld.lld: error: undefined symbol: f(int)\n").text.find(missing) == 0);
    CHECK(linked("/usr/bin/ld: x.o: in function `g': x.cpp:1: undefined reference to `f(int)'\n"
                 "/usr/bin/ld: y.o: y.cpp:1: undefined reference to `f(int)'\n")
              .text.find(missing + "\n") == 0);
    CHECK(linked("mold: error: undefined symbol: f(std::vector<std::__cxx11::basic_string<char, "
                 "std::char_traits<char>, std::allocator<char> >, "
                 "std::allocator<std::__cxx11::basic_string<char, std::char_traits<char>, "
                 "std::allocator<char> > > > const&)\n")
              .text.starts_with("'f(std::vector<std::string> const&)' is called and nowhere"));
    CHECK(linked("mold: error: duplicate symbol: a.o: b.o: main\n")
              .text.find("'main' is defined in "
                         "a.cpp") == 0);
    CHECK(linked("/usr/bin/ld: b.o: multiple definition of `main'; a.o: first defined here\n")
              .text.find("'main' is defined in a.cpp: take it out.") == 0);
    CHECK(linked("ld.lld: error: duplicate symbol: write\n>>> defined at x\n")
              .text.find("'write' is defined twice, or is a function that the tests bring along") ==
          0);
}
