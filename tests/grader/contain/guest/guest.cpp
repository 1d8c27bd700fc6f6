#include "guest.hpp"

#include <signal.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace guest {

void sleep_for_ever() {
    for (;;) ::pause();
}

Deeds plain_deeds() {
    return {
        {"exit", [](const Arguments& a) { return std::stoi(a.at(0)); }},
        {"signal",
         [](const Arguments& a) {
             ::raise(std::stoi(a.at(0)));
             return 0;
         }},
        {"abort", [](const Arguments&) -> int { std::abort(); }},
        {"say",
         [](const Arguments& a) {
             for (const auto& word : a) std::cout << word << '\n';
             std::cerr << "and to stderr\n";
             return 0;
         }},
        {"print",  // <bytes>: a beginning, many of the same, an end
         [](const Arguments& a) {
             std::cout << "<beginning>" << std::string(std::stoul(a.at(0)), '.') << "<end>";
             return 0;
         }},
        {"sleep", [](const Arguments&) -> int { sleep_for_ever(); }},
        {"hang_up",  // and live on
         [](const Arguments&) -> int {
             ::close(3);
             sleep_for_ever();
         }},
        {"shout",  // answers each byte of its channel with a capital one, until there are no more
         [](const Arguments&) {
             char byte = 0;
             while (::read(3, &byte, 1) == 1) {
                 byte = static_cast<char>(std::toupper(static_cast<unsigned char>(byte)));
                 if (::write(3, &byte, 1) != 1) return 1;
             }
             return 0;
         }},
    };
}

}  // namespace guest

int main(int argc, char** argv) {
    const guest::Arguments all(argv + 1, argv + argc);
    for (const auto& deeds :
         {guest::plain_deeds(), guest::bombs(), guest::outlaws(), guest::spies()}) {
        const auto deed = deeds.find(all.at(0));
        if (deed != deeds.end()) return deed->second({all.begin() + 1, all.end()});
    }
    std::cerr << "I know no " << all.at(0) << '\n';
    return 99;
}
