// Midge uses UTF-8 for all paths. libstdc++ converts narrow text to a std::filesystem::path with
// mbrtowc(). MinGW's programs use the mbrtowc() of Microsoft's older C library, which does not
// support UTF-8 and takes each byte for a character. The linker replaces it with this one
// (CMakeLists.txt).
#include <cstddef>
#include <cstdint>
#include <cwchar>

namespace {

constexpr wchar_t replacement = 0xFFFD;

struct Lead {
    size_t length;
    uint32_t bits;
};

// Returns length 1 and the replacement character for a byte that cannot start a character.
Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, byte};
    if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1FU};
    if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU};
    if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07U};
    return {1, replacement};
}

}  // namespace

// Converts one character for each call. Characters beyond U+FFFF, which would need two units, and
// invalid UTF-8 become U+FFFD. No file name contains U+FFFD, so that opening the file fails; an
// error here would make libstdc++ throw an exception instead.
extern "C" size_t __wrap_mbrtowc(wchar_t* out, const char* text, size_t size,
                                 mbstate_t* /*state*/) {
    if (text == nullptr || size == 0) return 0;
    auto [length, code] = lead_of(static_cast<unsigned char>(*text));
    for (size_t i = 1; i < length; ++i) {
        const auto more = i < size ? static_cast<unsigned char>(text[i]) : 0U;
        if ((more & 0xC0U) != 0x80U) {
            length = 1;
            code = replacement;
            break;
        }
        code = code << 6U | (more & 0x3FU);
    }
    if (out != nullptr) *out = code > 0xFFFF ? replacement : static_cast<wchar_t>(code);
    return code == 0 ? 0 : length;
}
