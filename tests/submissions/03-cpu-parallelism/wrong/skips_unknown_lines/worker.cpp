#include "parallel.hpp"
#include <cstdio>
#include <cstdlib>
using namespace std;

int main(int c, char** v) {
    if (c != 3) return 1;
    try {
        Flight f = longest_flight({strtoull(v[1], 0, 10), strtoull(v[2], 0, 10)});
        printf("flight: ");
        for (auto x : f) printf("%llu ", (unsigned long long)x);
        printf("end\n");
    } catch (...) { return 1; }
    return fflush(stdout) ? 1 : 0;
}
