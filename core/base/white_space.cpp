#include "base/white_space.h"

#include <array>

namespace midge {
namespace {

// Unicode's White_Space beyond ASCII, in UTF-8.
constexpr auto wide_spaces = std::to_array<std::string_view>({
    "\xC2\x85",      // next line
    "\xC2\xA0",      // no-break space
    "\xE1\x9A\x80",  // Ogham space mark
    "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84",
    "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89",
    "\xE2\x80\x8A",                  // spaces of a fixed width
    "\xE2\x80\xA8", "\xE2\x80\xA9",  // line and paragraph separator
    "\xE2\x80\xAF",                  // narrow no-break space
    "\xE2\x81\x9F",                  // mathematical space
    "\xE3\x80\x80",                  // ideographic space
});

}  // namespace

size_t white_space_size(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    if (text.empty()) return 0;
    if (static_cast<unsigned char>(text.front()) < 0x80)
        return blanks.find(text.front()) != std::string_view::npos ? 1 : 0;
    for (const std::string_view space : wide_spaces) {
        if (text.starts_with(space)) return space.size();
    }
    return 0;
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        size_t size = 0, space = 0;
        while (size < text.size() && (space = white_space_size(text.substr(size))) == 0) ++size;
        if (size > 0) out.push_back(text.substr(0, size));
        text.remove_prefix(size + space);
    }
    return out;
}

std::string_view strip_white_space(std::string_view text) {
    const auto parts = words(text);
    if (parts.empty()) return {};
    const char* const end = parts.back().data() + parts.back().size();
    return {parts.front().data(), static_cast<size_t>(end - parts.front().data())};
}

}  // namespace midge
