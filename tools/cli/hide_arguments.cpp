#include "hide_arguments.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace midge::cli {
namespace {

constexpr std::array<std::string_view, 4> secret_flags{"--password", "--token", "--user", "--seed"};

void cover(char* text) noexcept {
    std::fill(text, text + std::strlen(text), 'x');
}

// Overwrites the part between "://" and "@" of each URL in a list.
void cover_user_info(char* text) noexcept {
    char* scheme_end = std::strstr(text, "://");
    while (scheme_end != nullptr) {
        char* begin = scheme_end + 3;
        char* at = begin + std::strcspn(begin, "@,/");
        if (*at == '@') std::fill(begin, at, 'x');
        scheme_end = std::strstr(begin, "://");
    }
}

}  // namespace

void hide_secret_arguments(int argc, char** argv) noexcept {
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        for (const std::string_view flag : secret_flags) {
            if (word == flag && i + 1 < argc) cover(argv[i + 1]);
            const bool joined =
                word.size() > flag.size() && word.starts_with(flag) && word[flag.size()] == '=';
            if (joined) cover(argv[i] + flag.size() + 1);
        }
        cover_user_info(argv[i]);
    }
}

}  // namespace midge::cli
