#include "host/jwt_version.h"

#include <sodium.h>

#include <array>

#include "abi/midge_resolver.h"

namespace midge {

static_assert(MIDGE_VERSION_SIZE == 2 * crypto_hash_sha256_BYTES);

std::string jwt_version(std::string_view jwt) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(jwt.data()), jwt.size());
    std::string version(MIDGE_VERSION_SIZE + 1, '\0');
    sodium_bin2hex(version.data(), version.size(), hash.data(), hash.size());
    version.pop_back();
    return version;
}

}  // namespace midge
