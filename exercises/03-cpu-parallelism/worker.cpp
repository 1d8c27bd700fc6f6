// The program that run_processes starts several times.
#include "parallel.hpp"

int main() {
    // Learn the slice, search it, write the flight to the standard output.
    todo("search one slice and write its longest flight");
}
