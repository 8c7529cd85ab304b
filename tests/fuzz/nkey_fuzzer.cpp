// Reads seeds and public keys. An accepted text must be the only text of its key.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/nkey.h"
#include "base/encoding.h"
#include "base/text.h"

namespace {

using namespace midge;

void require(bool held) {
    if (!held) std::abort();
}

void check_seed(std::string_view text) {
    const auto key = KeyPair::from_seed(text);
    if (!key) return;
    require(key->seed() == trim(text));
    require(is_public_key(key->kind(), key->public_key()));
    if (key->kind() != KeyKind::curve) {
        require(verify_signature(key->public_key(), "m", key->sign("m")));
    }
}

// Returns the text of raw bytes with a valid checksum, so that inputs get past the check.
std::string with_checksum(std::string_view bytes) {
    std::string raw(bytes);
    const uint16_t crc = crc16(raw);
    raw += static_cast<char>(crc & 0xFF);
    raw += static_cast<char>(crc >> 8);
    return base32_encode(raw);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string made = with_checksum(input);
    for (const std::string_view text : {input, std::string_view(made)}) {
        check_seed(text);
        const auto kind = public_key_kind(text);
        require(!kind || text.size() == public_key_length);
        if (kind) require(is_public_key(*kind, text));
        require(!verify_signature(text, "m", input));
    }
    return 0;
}
