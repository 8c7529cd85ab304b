#include "base/random.h"

#include <sodium.h>

#include <cstdlib>
#include <string_view>

namespace midge {
namespace {

constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr size_t prefix_length = 12;
constexpr size_t number_length = 10;
constexpr uint64_t number_limit = 839'299'365'868'340'224;  // 62^10

void need_sodium() {
    // libsodium allows repeated calls from any thread. Without a random source the process must not
    // continue.
    if (sodium_init() < 0) std::abort();
}

struct NuidState {
    std::string prefix;
    uint64_t number = number_limit;  // makes the first call choose a prefix
    uint64_t step = 1;

    void renew() {
        prefix.resize(prefix_length);
        for (char& c : prefix)
            c = digits[randombytes_uniform(static_cast<uint32_t>(digits.size()))];
        number = (static_cast<uint64_t>(randombytes_random()) << 32 | randombytes_random()) %
                 (number_limit / 2);
        step = 33 + randombytes_uniform(300);
    }
};

}  // namespace

std::string random_bytes(size_t count) {
    need_sodium();
    std::string out(count, '\0');
    randombytes_buf(out.data(), out.size());
    return out;
}

std::string nuid() {
    thread_local NuidState state;
    if (state.number >= number_limit) {
        need_sodium();
        state.renew();
    }
    std::string out = state.prefix;
    out.resize(prefix_length + number_length);
    uint64_t n = state.number;
    for (size_t i = out.size(); i > prefix_length; --i) {
        out[i - 1] = digits[n % digits.size()];
        n /= digits.size();
    }
    state.number += state.step;
    return out;
}

}  // namespace midge
