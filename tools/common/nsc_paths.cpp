#include "common/nsc_paths.h"

#include <Poco/Environment.h>
#include <Poco/Exception.h>
#include <Poco/Path.h>

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

std::string variable(const char* name) {
    return Poco::Environment::get(name, "");
}

fs::path config_home(const Environment& environment) {
    if (!environment.xdg_config_home.empty()) return environment.xdg_config_home;
    return environment.home / ".config";
}

fs::path data_home(const Environment& environment) {
    if (!environment.xdg_data_home.empty()) return environment.xdg_data_home;
    return environment.home / ".local" / "share";
}

// Follows links, like the official tool: a dangling link counts as missing.
bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

fs::path newer_or_existing(const fs::path& today, const fs::path& older) {
    return !is_there(today) && is_there(older) ? older : today;
}

}  // namespace

Result<Environment> Environment::from_process() {
    Environment out;
    out.home = variable("HOME");
    try {
        if (out.home.empty()) out.home = Poco::Path::home();
    } catch (const Poco::Exception&) {
        return fail("the home folder is unknown: set HOME");
    }
    std::error_code error;
    out.working_folder = fs::current_path(error);
    if (error) return fail("the working folder is unknown: " + error.message());
    // "/home/ann/" and "/home/ann" are the same folder.
    if (!out.home.has_filename()) out.home = out.home.parent_path();
    out.xdg_config_home = variable("XDG_CONFIG_HOME");
    out.xdg_data_home = variable("XDG_DATA_HOME");
    out.nsc_home = variable("NSC_HOME");
    out.nkeys_path = variable("NKEYS_PATH");
    out.cwd_only = Poco::Environment::has("NSC_CWD_ONLY");
    out.no_git_ignore = Poco::Environment::has("NSC_NO_GIT_IGNORE");
    return out;
}

fs::path standard_data_folder(const Environment& environment) {
    return environment.home / ".local" / "share" / "nats" / "nsc";
}

NscPaths resolve_paths(const Environment& environment, const PathFlags& flags) {
    const auto given = [&](const std::string& flag) {
        return flags.all_dirs.empty() ? flag : flags.all_dirs;
    };
    const fs::path older_config = environment.home / ".nsc";
    const fs::path data = data_home(environment) / "nats" / "nsc";
    NscPaths out;

    if (const auto flag = given(flags.config_dir); !flag.empty()) {
        out.config = expand_path(environment, flag);
    } else if (!environment.nsc_home.empty()) {
        out.config = expand_path(environment, environment.nsc_home);
    } else {
        out.config = newer_or_existing(config_home(environment) / "nats" / "nsc" / "nsc.json",
                                       older_config / "nsc.json")
                         .parent_path();
    }

    const auto data_flag = given(flags.data_dir);
    out.stores_given = !data_flag.empty();
    out.stores = out.stores_given ? expand_path(environment, data_flag)
                                  : newer_or_existing(data / "stores", older_config / "nats");

    if (const auto flag = given(flags.keystore_dir); !flag.empty()) {
        out.keys = expand_path(environment, flag);
    } else if (!environment.nkeys_path.empty()) {
        out.keys = expand_path(environment, environment.nkeys_path);
    } else {
        out.keys = newer_or_existing(data / "keys", environment.home / ".nkeys");
    }

    const fs::path standard = standard_data_folder(environment);
    out.standard = out.stores == standard / "stores" && out.keys == standard / "keys";
    return out;
}

fs::path expand_path(const Environment& environment, std::string_view path) {
    fs::path out;
    if (path == "~") {
        out = environment.home;
    } else if (path.substr(0, 2) == "~/") {
        out = environment.home / fs::path(path.substr(2));
    } else {
        out = environment.working_folder / fs::path(path);
    }
    out = out.lexically_normal();
    return out.has_filename() ? out : out.parent_path();
}

std::string abbreviate_home(const Environment& environment, const fs::path& path) {
    const fs::path relative = path.lexically_relative(environment.home);
    if (relative.empty() || *relative.begin() == "..") return path.string();
    return relative == "." ? "~" : (fs::path("~") / relative).string();
}

}  // namespace midge::tools
