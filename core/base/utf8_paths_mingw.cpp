// Paths are UTF-8 everywhere here. libstdc++ makes a std::filesystem::path of a narrow text with
// mbrtowc(), and that of Microsoft's older C library, which MinGW's programs have, knows no UTF-8:
// it takes each byte for a letter. The linker puts this one in its place (CMakeLists.txt).
#include <cstddef>
#include <cstdint>
#include <cwchar>

namespace {

constexpr wchar_t replacement = 0xFFFD;

struct Lead {
    size_t length;
    uint32_t bits;
};

// Length 1 with the replacement: no character begins so.
Lead lead_of(unsigned char byte) {
    if (byte < 0x80) return {1, byte};
    if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1FU};
    if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU};
    if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07U};
    return {1, replacement};
}

}  // namespace

// One character for each call: those beyond U+FFFF, which would be two, and what is no UTF-8 become
// U+FFFD. No file has that in its name, and an exception, which is what an error would be to
// libstdc++, helps nobody.
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
