#include <build/type_names.hpp>

#include <lab/catch.hpp>

using lockstep::with_written_types;

TEST_CASE("a string is called a string, however the library calls it") {
    CHECK(with_written_types("'std::span<const std::__cxx11::basic_string<char> >'") ==
          "'std::span<const std::string >'");
    CHECK(with_written_types("f(std::__cxx11::basic_string<char, std::char_traits<char>, "
                             "std::allocator<char> > const&)") == "f(std::string const&)");
    CHECK(with_written_types("'std::basic_string_view<char>'") == "'std::string_view'");
    CHECK(with_written_types("std::__exception_ptr::exception_ptr") == "std::exception_ptr");
}

TEST_CASE("an allocator that nobody has named is left out") {
    CHECK(with_written_types("f(std::vector<std::__cxx11::basic_string<char, "
                             "std::char_traits<char>, std::allocator<char> >, "
                             "std::allocator<std::__cxx11::basic_string<char, "
                             "std::char_traits<char>, std::allocator<char> > > > const&)") ==
          "f(std::vector<std::string> const&)");
    CHECK(with_written_types("std::vector<int, std::allocator<int>>") == "std::vector<int>");
    CHECK(with_written_types("std::vector<std::vector<A, std::allocator<A> >, "
                             "std::allocator<std::vector<A, std::allocator<A> > > >") ==
          "std::vector<std::vector<A>>");
}

TEST_CASE("what is no allocator at a template's end is left as it is") {
    for (const char* line :
         {"", "a > b", "g(int, std::allocator<int>)", "f(x, std::allocator<int",
          "h(1, std::allocator<int>, 2)", "error: expected ', std::allocator<'"}) {
        CAPTURE(line);
        CHECK(with_written_types(line) == line);
    }
}
