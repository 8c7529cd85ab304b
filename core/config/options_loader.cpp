#include "config/options_loader.h"

#include "base/text.h"
#include "config/config_json.h"
#include "config/config_reader.h"
#include "config/options_table.h"
#include "config/read_auth_callout.h"
#include "config/unbuilt_settings.h"

namespace midge {
namespace {

std::string joined(const std::vector<std::string>& first, const std::vector<std::string>& second) {
    std::string out;
    for (const auto* lines : {&first, &second}) {
        for (const std::string& line : *lines) {
            if (!out.empty()) out += '\n';
            out += line;
        }
    }
    return out;
}

SettingPlaces setting_places(const ConfigMap& root) {
    SettingPlaces places;
    for (const ConfigEntry* entry : root.in_written_order()) {
        const ConfigPosition& where = entry->value.where;
        const Setting* const setting = find_setting(to_lower_ascii(entry->key));
        if (setting == nullptr || !where.file) continue;
        places[std::string(setting->name)] = fmt::format("{}, {}", *where.file, where.start.text());
    }
    return places;
}

Result<LoadedOptions> read_options(const ConfigMap& root, const std::string& path,
                                   const ConfigSources& sources, const CredentialChecks& checks) {
    LoadedOptions loaded;
    loaded.options.config_file = path;
    loaded.options.config_digest = config_digest(root);
    ConfigReader reader(root, sources, checks);
    reader.each_entry(root, [&](const std::string& key, const ConfigEntry& entry) {
        const Setting* setting = find_setting(key);
        if (setting != nullptr && setting->read) {
            setting->read(reader, entry, loaded.options);
        } else if (is_unbuilt_setting(key)) {
            if (!leaves_feature_off(key, entry.value)) reader.not_supported(entry);
        } else {
            return false;
        }
        return true;
    });
    const std::vector<std::string> warnings = problem_lines(root, reader.warnings());
    if (root.empty()) loaded.warnings.push_back(path + ": config has no values or is empty");
    loaded.warnings.insert(loaded.warnings.end(), warnings.begin(), warnings.end());
    if (!reader.errors().empty())
        return fail(Errc::invalid, joined(loaded.warnings, problem_lines(root, reader.errors())));
    loaded.places = setting_places(root);
    if (auto known = check_allowed_accounts(loaded.options); !known) {
        return fail(known.error().code,
                    explain_check(known.error().text, loaded.options, loaded.places));
    }
    return loaded;
}

}  // namespace

Result<LoadedOptions> load_options(const std::string& path, const ConfigSources& sources,
                                   const CredentialChecks& checks) {
    auto root = parse_config_file(path, sources);
    if (!root) return pass(root);
    return read_options(*root, path, sources, checks);
}

Result<LoadedOptions> load_options_from_text(std::string_view text, const std::string& path,
                                             const ConfigSources& sources,
                                             const CredentialChecks& checks) {
    auto root = parse_config_text(text, path, sources);
    if (!root) return pass(root);
    return read_options(*root, path, sources, checks);
}

}  // namespace midge
