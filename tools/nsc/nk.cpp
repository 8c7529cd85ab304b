#include "nsc/nk.h"

#include <fmt/format.h>

#include <optional>

#include "auth/nkey.h"
#include "base/encoding.h"
#include "base/program.h"
#include "base/text.h"
#include "base/version.h"
#include "common/files.h"
#include "common/go_flags.h"
#include "common/own_name.h"

namespace midge::tools {
namespace {

constexpr size_t signed_file_bytes_max = 256 * 1024 * 1024;

struct Options {
    std::string generate, prefix, entropy_file, key_file, public_key_file, sign_file, verify_file,
        signature_file;
    int64_t tries_max = 10'000'000;
    bool show_public = false, version = false;
};

std::optional<KeyKind> kind_of(std::string_view name) {
    constexpr std::pair<std::string_view, KeyKind> kinds[] = {{"user", KeyKind::user},
                                                              {"account", KeyKind::account},
                                                              {"server", KeyKind::server},
                                                              {"cluster", KeyKind::cluster},
                                                              {"operator", KeyKind::operator_key},
                                                              {"curve", KeyKind::curve},
                                                              {"x25519", KeyKind::curve}};
    for (const auto& [text, kind] : kinds) {
        if (equals_ignore_case(name, text)) return kind;
    }
    return std::nullopt;
}

// A key file may contain comments. The first line with a key counts.
Result<KeyPair> read_pair(const std::string& path) {
    auto text = read_file(path);
    if (!text) return pass(text);
    for (const auto line : split(*text, '\n')) {
        if (auto pair = KeyPair::from_seed(line)) {
            wipe(*text);
            return pair;
        }
    }
    wipe(*text);
    return fail(Errc::invalid, "Could not find a valid key");
}

Result<std::string> read_public_key(const std::string& path) {
    auto text = read_file(path);
    if (!text) return pass(text);
    for (const auto line : split(*text, '\n')) {
        if (public_key_kind(trim(line))) return std::string(trim(line));
    }
    return fail(Errc::invalid, "Could not find a valid key");
}

void print_seed(const KeyPair& pair, bool with_public) {
    std::string seed = pair.seed();
    fmt::print("{}\n", seed);
    wipe(seed);
    if (with_public) fmt::print("{}\n", pair.public_key());
}

// Returns the wanted characters of public keys after the role's letter, in capitals.
Result<std::string> vanity_prefix(std::string text) {
    for (char& c : text) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        const bool base32 = (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
        if (!base32)
            return fail(Errc::invalid, "-pre takes the letters A to Z and the digits 2 to 7");
    }
    // The second letter of a key holds three bits of its role and two of the key.
    if (!text.empty() && (text.front() < 'A' || text.front() > 'D')) {
        return fail(Errc::invalid,
                    fmt::format("-pre starts with {}, expected A, B, C or D", text.front()));
    }
    return text;
}

Result<> generate(const Options& options) {
    const auto kind = kind_of(options.generate);
    if (!kind) {
        return fail(Errc::invalid, fmt::format("-gen is \"{}\", expected user, account, server, "
                                               "cluster, operator, curve or x25519",
                                               options.generate));
    }
    if (!options.entropy_file.empty())
        return fail(Errc::unsupported,
                    "-e is not supported yet: keys come from the system's random source");
    auto wanted = vanity_prefix(options.prefix);
    if (!wanted) return pass(wanted);
    for (int64_t i = 0; i < options.tries_max || wanted->empty(); ++i) {
        const KeyPair pair = KeyPair::generate(*kind);
        if (pair.public_key().compare(1, wanted->size(), *wanted) == 0) {
            print_seed(pair, options.show_public || !wanted->empty());
            return {};
        }
    }
    return fail(fmt::format("Failed to generate prefix after {} attempts", options.tries_max));
}

Result<> sign(const Options& options) {
    if (options.key_file.empty()) return fail("Sign requires a seed/private key via -inkey <file>");
    auto pair = read_pair(options.key_file);
    if (!pair) return pass(pair);
    if (pair->kind() == KeyKind::curve) return fail("a curve key cannot sign");
    auto content = read_file(options.sign_file, signed_file_bytes_max);
    if (!content) return pass(content);
    fmt::print("{}\n", base64url_encode(pair->sign(*content)));
    return {};
}

Result<> verify(const Options& options) {
    if (options.key_file.empty() && options.public_key_file.empty()) {
        return fail("Verify requires a seed key via -inkey or a public key via -pubin");
    }
    if (options.signature_file.empty()) return fail("Verify requires a signature via -sigfile");
    Result<std::string> key;
    if (!options.key_file.empty()) {
        auto pair = read_pair(options.key_file);
        if (!pair) return pass(pair);
        key = pair->public_key();
    } else {
        key = read_public_key(options.public_key_file);
    }
    if (!key) return pass(key);
    auto content = read_file(options.verify_file, signed_file_bytes_max);
    if (!content) return pass(content);
    auto text = read_file(options.signature_file);
    if (!text) return pass(text);
    auto signature = base64_decode(trim(*text));
    if (!signature) return pass(signature);
    if (!verify_signature(*key, *content, *signature))
        return fail(Errc::denied, "nkeys: signature verification failed");
    fmt::print("Verified OK\n");
    return {};
}

Result<> run_nk(const Options& options, const std::string& program) {
    if (!options.generate.empty()) return generate(options);
    if (!options.entropy_file.empty())
        return fail("Entropy file only used when creating keys with -gen");
    if (!options.sign_file.empty()) return sign(options);
    if (!options.verify_file.empty()) return verify(options);
    if (options.key_file.empty() || !options.show_public)
        return fail(fmt::format("nothing to do: run \"{} -h\" to see how to call it", program));
    auto pair = read_pair(options.key_file);
    if (!pair) return pass(pair);
    fmt::print("{}\n", pair->public_key());
    return {};
}

}  // namespace

int run_nk(int argc, char** argv) {
    Options options;
    bool help = false;
    const std::string program = program_name(argv[0]);
    GoFlags flags;
    flags.text("gen", options.generate,
               "make a key: user, account, server, cluster, operator, curve or x25519");
    flags.text("pre", options.prefix,
               "make keys until the public key starts with this prefix, after its first letter");
    flags.number("maxpre", options.tries_max, "maximum number of keys to try");
    flags.text("e", options.entropy_file, "file of entropy (not supported yet)");
    flags.text("inkey", options.key_file, "file with a seed");
    flags.text("pubin", options.public_key_file, "file with a public key");
    flags.flag("pubout", options.show_public, "print the public key");
    flags.text("sign", options.sign_file, "sign this file with -inkey");
    flags.text("verify", options.verify_file,
               "verify this file with -inkey or -pubin, and -sigfile");
    flags.text("sigfile", options.signature_file, "file with the signature");
    flags.flag("v", options.version, "print the version");
    flags.flag("h", help, "print this help");
    auto rest = flags.parse({argv + 1, argv + argc});
    if (rest && !rest->empty()) rest = fail(Errc::invalid, "unexpected argument: " + rest->front());
    if (rest && options.version) {
        fmt::print("{} version {} (midge)\n", program, midge_version);
        return 0;
    }
    if (help) {
        fmt::print(
            "Usage: {0} [flags]\n{1}Examples:\n  {0} -gen user -pubout\n  {0} -sign FILE -inkey "
            "SEED_FILE\n",
            program, flags.help());
        return 0;
    }
    if (!rest) fmt::print(stderr, "{}\n", help_hint(program + " -h"));
    const auto done = rest ? run_nk(options, program) : Result<>(pass(rest));
    if (done) return 0;
    // Printed on stdout, like the official program.
    fmt::print("{}\n", done.error().text);
    return 1;
}

}  // namespace midge::tools
