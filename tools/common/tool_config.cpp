#include "common/tool_config.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "common/files.h"
#include "common/json_text.h"

namespace midge::tools {
namespace fs = std::filesystem;

Result<ToolConfig> ToolConfig::load(const fs::path& file) {
    auto text = read_file(file);
    if (!text) return pass(text);
    ToolConfig out;
    const auto read = [&]() -> Result<> {
        auto json = parse_json_object(*text);
        if (!json) return pass(json);
        for (auto [key, member] :
             {std::pair{"store_root", &out.store_root}, std::pair{"operator", &out.operator_name},
              std::pair{"account", &out.account},
              std::pair{"github_updates", &out.updates_from_}}) {
            auto value = json_string(*json, key);
            if (!value) return pass(value);
            *member = *value;
        }
        auto last_update = json_int(*json, "last_update");
        if (!last_update) return pass(last_update);
        out.last_update_ = *last_update;
        return {};
    };
    if (auto done = read(); !done)
        return fail(done.error().code, fmt::format("{}: {}", file.string(), done.error().text));
    return out;
}

ToolConfig ToolConfig::first_run(const fs::path& stores) {
    ToolConfig out;
    out.store_root = stores.string();
    // Without these, the official nsc would treat the file as one of its own first runs, and look
    // for updates immediately.
    out.updates_from_ = "nats-io/nsc";
    out.last_update_ = wall_now_seconds();
    return out;
}

Result<> ToolConfig::save(const fs::path& file) const {
    Poco::JSON::Object object(Poco::JSON_PRESERVE_KEY_ORDER);
    object.set("store_root", store_root);
    object.set("operator", operator_name);
    object.set("account", account);
    object.set("github_updates", updates_from_);
    object.set("last_update", last_update_);
    return write_private_file(file, indented_json(object, 1) + "\n");
}

}  // namespace midge::tools
