#include "common/own_name.h"

namespace midge::tools {

std::string in_own_name(std::string text, std::string_view usual, std::string_view own) {
    if (usual == own) return text;
    constexpr std::string_view before = " \n'\"`";
    constexpr std::string_view other = "official ";
    const std::string word = std::string(usual) + " ";
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const bool whole = at == 0 || before.find(text[at - 1]) != std::string_view::npos;
        if (!whole || std::string_view(text).substr(0, at).ends_with(other)) continue;
        text.replace(at, usual.size(), own);
        at += own.size();
    }
    return text;
}

std::string help_hint(const std::string& words) {
    return "Run \"" + words + "\" to see how to call it.";
}

}  // namespace midge::tools
