#include "nsc/mkpasswd.h"

#include <fmt/format.h>

#include "auth/password.h"
#include "base/program.h"
#include "base/random.h"
#include "base/text.h"
#include "common/go_flags.h"
#include "common/hidden_input.h"
#include "common/own_name.h"

namespace midge::tools {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*()";
constexpr size_t generated_length = 22;

std::string generate_password() {
    // Larger bytes are skipped, because they would favour the first characters of the alphabet.
    constexpr size_t byte_limit = 256 - 256 % alphabet.size();
    std::string out;
    while (out.size() < generated_length) {
        const auto byte = static_cast<unsigned char>(random_bytes(1).front());
        if (byte < byte_limit) out += alphabet[byte % alphabet.size()];
    }
    return out;
}

Result<std::string> ask_twice() {
    auto first = ask_hidden("Enter Password: ");
    if (!first) return first;
    auto second = ask_hidden("Reenter Password: ");
    if (!second) return second;
    const bool same = *first == *second;
    wipe(*second);
    if (!same) return fail("Error, passwords do not match");
    return first;
}

Result<> run(bool ask, int64_t cost) {
    if (cost < bcrypt_cost_min || cost > bcrypt_cost_max) {
        return fail(Errc::invalid, fmt::format("-c is {}, expected {}..{}", cost, bcrypt_cost_min,
                                               bcrypt_cost_max));
    }
    auto password = ask ? ask_twice() : Result<std::string>(generate_password());
    if (!password) return pass(password);
    auto hash = hash_password(*password, static_cast<int>(cost));
    if (hash && !ask) fmt::print("pass: {}\n", *password);
    wipe(*password);
    if (!hash) return pass(hash);
    fmt::print("bcrypt hash: {}\n", *hash);
    return {};
}

}  // namespace

int run_mkpasswd(int argc, char** argv) {
    bool ask = false, help = false;
    int64_t cost = bcrypt_cost_default;
    GoFlags flags;
    flags.flag("p", ask, "ask for the password instead of generating one");
    flags.number("c", cost, "cost of the hash, 4 to 31");
    flags.flag("h", help, "print this help");
    auto rest = flags.parse({argv + 1, argv + argc});
    if (rest && !rest->empty()) rest = fail(Errc::invalid, "unexpected argument: " + rest->front());
    if (rest && help) {
        fmt::print("Usage: {} [-p] [-c COST]\n{}", program_name(argv[0]), flags.help());
        return 0;
    }
    if (!rest) fmt::print(stderr, "{}\n", help_hint(program_name(argv[0]) + " -h"));
    const auto done = rest ? run(ask, cost) : Result<>(pass(rest));
    if (done) return 0;
    fmt::print(stderr, "{}\n", done.error().text);
    return 1;
}

}  // namespace midge::tools
