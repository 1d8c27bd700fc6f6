// Whether what looks like XML is.
#pragma once

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Says what is wrong with an XML document of the kind that draw_svg makes; "" when nothing is:
/// tags nest, attributes are quoted and appear once, entities are known, no control characters.
inline std::string xml_fault(std::string_view xml) {
    std::vector<std::string> open;
    const auto entities_fault = [](std::string_view text) -> std::string {
        for (std::size_t at = text.find('&'); at != std::string_view::npos;
             at = text.find('&', at + 1)) {
            bool known = false;
            for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
                known = known || text.substr(at).starts_with(entity);
            }
            if (!known) {
                return "unknown entity";
            }
        }
        return "";
    };
    for (const char c : xml) {
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n') {
            return "control character";
        }
    }
    std::size_t at = 0;
    bool any = false;
    while (at < xml.size()) {
        const std::size_t tag = xml.find('<', at);
        const std::string_view text = xml.substr(at, tag - at);
        if (std::string fault = entities_fault(text); !fault.empty()) {
            return fault;
        }
        if (open.empty() && text.find_first_not_of('\n') != std::string_view::npos) {
            return "text outside";
        }
        if (tag == std::string_view::npos) {
            break;
        }
        std::size_t i = tag + 1;
        const bool closing = xml[i] == '/';
        i += closing ? 1 : 0;
        std::string name;
        while (std::isalnum(static_cast<unsigned char>(xml[i])) != 0) {
            name += xml[i++];
        }
        if (name.empty()) {
            return "a tag without a name";
        }
        if (open.empty() && !closing && any) {
            return "two roots";
        }
        any = true;
        std::vector<std::string> attributes;
        while (xml[i] == ' ') {
            ++i;
            std::string attribute;
            while (std::isalnum(static_cast<unsigned char>(xml[i])) != 0 || xml[i] == '-') {
                attribute += xml[i++];
            }
            if (attribute.empty() || xml.substr(i, 2) != "=\"") {
                return "an attribute without a value in " + name;
            }
            for (const std::string& other : attributes) {
                if (other == attribute) {
                    return std::string{"the attribute "}
                        .append(attribute)
                        .append(" twice in ")
                        .append(name);
                }
            }
            attributes.push_back(attribute);
            const std::size_t end = xml.find('"', i + 2);
            const std::string_view value = xml.substr(i + 2, end - i - 2);
            if (end == std::string_view::npos || value.find('<') != std::string_view::npos) {
                return "a bad value of " + attribute;
            }
            if (std::string fault = entities_fault(value); !fault.empty()) {
                return fault;
            }
            i = end + 1;
        }
        const bool empty = xml[i] == '/';
        i += empty ? 1 : 0;
        if (xml[i] != '>') {
            return "a tag that does not end: " + name;
        }
        if (closing) {
            if (open.empty() || open.back() != name) {
                return "</" + name + "> closes nothing";
            }
            open.pop_back();
        } else if (!empty) {
            open.push_back(name);
        }
        at = i + 1;
    }
    return open.empty() ? "" : "<" + open.back() + "> stays open";
}
