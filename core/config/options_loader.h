#pragma once
// Configuration file -> Options: syntax, known keys, types and bounds (spec config.md 2-8).
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config_parser.h"
#include "config/options.h"

namespace midge {

// How keys and JWTs are checked, which core/config cannot decode itself; what is not given accepts
// any text.
struct CredentialChecks {
    // Takes the content of an operator's file, decorated or bare; gives the bare JWT.
    std::function<Result<std::string>(const std::string& content)> operator_jwt;
    std::function<Result<>(const std::string& jwt)> account_jwt;
    // Whether it is a public key whose text starts with `role`: 'O', 'A' or 'U'.
    std::function<bool(const std::string& key, char role)> public_key;
    // Whether a tls block can be used: reads its files.
    std::function<Result<>(const TlsOptions& tls)> tls;
};

// "server.conf, line 4, column 1" of settings of the top level, by their names in lower case.
using SettingPlaces = std::map<std::string, std::string, std::less<>>;

struct LoadedOptions {
    Options options;  // config_file and config_digest filled in
    // "<file>:1:0: invalid use of field ...": for standard error; a configuration test fails on
    // them.
    std::vector<std::string> warnings;
    SettingPlaces places;
};

// Reads `path` over the defaults. Fails with all warnings and errors of the file, one a line. What
// belongs to nats-server but is not built here fails with `<file>:<line>:<col>: "<key>" is not
// supported yet`.
[[nodiscard]] Result<LoadedOptions> load_options(const std::string& path,
                                                 const ConfigSources& sources,
                                                 const CredentialChecks& checks = {});

// The same for a text in memory that is called `path`.
[[nodiscard]] Result<LoadedOptions> load_options_from_text(std::string_view text,
                                                           const std::string& path,
                                                           const ConfigSources& sources,
                                                           const CredentialChecks& checks = {});

// What options must be to each other, after flags were laid over the file (spec config.md 1
// "cross-option validation", jwt-nkeys.md 4 as far as no JWT has to be decoded). Not part of a
// configuration test, as in nats-server. `places` are of the file, for explanations.
[[nodiscard]] Result<> check_options(const Options& options, const CredentialChecks& checks = {},
                                     const SettingPlaces& places = {});

// "<nats-server's words> -- server.conf, line 4, column 1: ..." of an error of check_options, or of
// one that says no place; as it is where nothing is known of it.
[[nodiscard]] std::string explain_check(const std::string& text, const Options& options,
                                        const SettingPlaces& places);

}  // namespace midge
