#include "auth/bcrypt.h"

#include <crypt.h>
#include <sodium.h>

#include <array>
#include <memory>

#include "auth/password.h"
#include "base/random.h"
#include "base/text.h"

namespace midge {
namespace {

constexpr size_t salt_bytes = 16;

// Returns "*0" or the like on failure; no hash starts like this.
std::string crypt_text(std::string_view password, const std::string& setting) {
    // 32 KB, too large for the stack of a worker; zeroed because the call requires it.
    const auto work = std::make_unique<crypt_data>();
    std::string terminated(password);
    const char* const hash = crypt_r(terminated.c_str(), setting.c_str(), work.get());
    std::string out = hash == nullptr ? std::string() : std::string(hash);
    wipe(terminated);
    sodium_memzero(work.get(), sizeof(crypt_data));
    return out;
}

}  // namespace

bool bcrypt_matches(std::string_view stored, std::string_view password) {
    const std::string hash = crypt_text(password, std::string(stored));
    return is_bcrypt(hash) && equal_secrets(stored, hash);
}

Result<std::string> bcrypt_hash(std::string_view password, int cost) {
    const std::string random = random_bytes(salt_bytes);
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
    if (crypt_gensalt_rn("$2a$", static_cast<unsigned long>(cost), random.data(),
                         static_cast<int>(random.size()), setting.data(),
                         static_cast<int>(setting.size())) == nullptr) {
        return fail(Errc::unsupported, "this system's libcrypt has no bcrypt");
    }
    std::string hash = crypt_text(password, setting.data());
    if (!is_bcrypt(hash)) return fail(Errc::unsupported, "this system's libcrypt has no bcrypt");
    return hash;
}

}  // namespace midge
