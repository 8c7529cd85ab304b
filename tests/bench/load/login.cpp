#include "login.h"

#include <sodium.h>

#include <fstream>
#include <sstream>

#include "failure.h"

namespace midge::load {
namespace {

constexpr std::string_view common_fields =
    R"("verbose":false,"pedantic":false,"lang":"bench_load","version":"1","protocol":1,"headers":true,"no_responders":true)";
// The text of a seed is base32 of two prefix bytes, the seed, and two checksum bytes.
constexpr size_t seed_prefix_bytes = 2;
constexpr size_t seed_text_bytes = seed_prefix_bytes + crypto_sign_SEEDBYTES + 2;

std::string base32_decode(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string bytes;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const size_t digit = alphabet.find(c);
        if (digit == std::string_view::npos)
            throw Failure("the seed in the credentials is not base32");
        bits = (bits << 5 | static_cast<unsigned>(digit)) & 0xffffU;
        held += 5;
        if (held >= 8) {
            held -= 8;
            bytes.push_back(static_cast<char>(bits >> held & 0xffU));
        }
    }
    return bytes;
}

// Returns the line after the one that contains `marker`.
std::string line_after(const std::string& text, std::string_view marker, const std::string& path) {
    const size_t at = text.find(marker);
    const size_t begin = at == std::string::npos ? at : text.find('\n', at);
    if (begin == std::string::npos)
        throw Failure(path + " has no line with '" + std::string(marker) + "'");
    return text.substr(begin + 1, text.find_first_of("\r\n", begin + 1) - begin - 1);
}

std::string signature(std::string_view secret_key, std::string_view nonce) {
    unsigned char bytes[crypto_sign_BYTES];
    crypto_sign_detached(bytes, nullptr, reinterpret_cast<const unsigned char*>(nonce.data()),
                         nonce.size(), reinterpret_cast<const unsigned char*>(secret_key.data()));
    char text[sodium_base64_ENCODED_LEN(crypto_sign_BYTES,
                                        sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    return sodium_bin2base64(text, sizeof text, bytes, sizeof bytes,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string_view nonce_of(std::string_view info) {
    constexpr std::string_view key = R"("nonce":")";
    const size_t at = info.find(key);
    if (at == std::string_view::npos)
        throw Failure("the server's INFO has no nonce to sign; it takes no credentials");
    const std::string_view rest = info.substr(at + key.size());
    return rest.substr(0, rest.find('"'));
}

}  // namespace

Login Login::from(Flags& flags) {
    Login login;
    const std::string user = flags.text("user");
    const std::string password = flags.text("password");
    const std::string path = flags.text("creds");
    if (!user.empty()) login.fields_ = R"(,"user":")" + user + R"(","pass":")" + password + '"';
    if (path.empty()) return login;

    if (sodium_init() < 0) throw Failure("libsodium does not start");
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) throw Failure("cannot read " + path);
    login.fields_ += R"(,"jwt":")" + line_after(text.str(), "BEGIN NATS USER JWT", path) + '"';
    const std::string seed = base32_decode(line_after(text.str(), "BEGIN USER NKEY SEED", path));
    if (seed.size() != seed_text_bytes)
        throw Failure("the seed in " + path + " has a wrong length");
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    login.secret_key_.resize(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(
        public_key, reinterpret_cast<unsigned char*>(login.secret_key_.data()),
        reinterpret_cast<const unsigned char*>(seed.data()) + seed_prefix_bytes);
    return login;
}

std::string Login::connect_line(std::string_view info) const {
    std::string line = "CONNECT {";
    line.append(common_fields).append(fields_);
    if (!secret_key_.empty())
        line.append(R"(,"sig":")").append(signature(secret_key_, nonce_of(info))).append("\"");
    return line.append("}\r\n");
}

}  // namespace midge::load
