#pragma once
// Where nsc keeps its files (spec tools.md 1.2).
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge::tools {

// What the tools take from the process environment; tests fill it themselves.
struct Environment {
    std::filesystem::path home;
    std::filesystem::path working_folder;
    std::string xdg_config_home;
    std::string xdg_data_home;
    std::string nsc_home;    // deprecated folder of nsc.json
    std::string nkeys_path;  // deprecated key store folder
    bool cwd_only = false;   // NSC_CWD_ONLY
    bool no_git_ignore = false;

    // Fails if the home folder or the working folder is unknown.
    [[nodiscard]] static Result<Environment> from_process();
};

// Flags that move single folders; empty: not given.
struct PathFlags {
    std::string config_dir;
    std::string data_dir;
    std::string keystore_dir;
    std::string all_dirs;  // takes the place of the other three
};

struct NscPaths {
    std::filesystem::path config;  // the folder of nsc.json
    std::filesystem::path stores;  // one folder per operator
    std::filesystem::path keys;    // the key store
    bool stores_given = false;     // by a flag, which beats the stored setting
    // Whether stores and keys are where nsc puts them without any flag, variable or older
    // installation.
    bool standard = false;
};

// "~/.local/share/nats/nsc", the folder of stores and keys when nothing moves them.
[[nodiscard]] std::filesystem::path standard_data_folder(const Environment& environment);

// Each folder: flag, else deprecated variable, else today's place; but a place of older releases
// (~/.nsc/nsc.json, ~/.nsc/nats,
// ~/.nkeys) that exists while today's does not is used on.
[[nodiscard]] NscPaths resolve_paths(const Environment& environment, const PathFlags& flags);

// The user's path: a leading "~" is the home folder, and a relative path starts at the working
// folder.
[[nodiscard]] std::filesystem::path expand_path(const Environment& environment,
                                                std::string_view path);
// With "~" for the home folder, for messages.
[[nodiscard]] std::string abbreviate_home(const Environment& environment,
                                          const std::filesystem::path& path);

}  // namespace midge::tools
