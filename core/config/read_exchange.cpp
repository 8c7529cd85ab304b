#include "config/read_exchange.h"

#include "base/text.h"

namespace midge {
namespace {

// Keys of service exports, and the word for each in messages.
std::string_view directive_of_services(const std::string& key) {
    if (key == "latency") return "latency";
    if (key == "allow_trace") return "allow_trace";
    for (const char* name : {"response", "response_type", "threshold", "response_threshold",
                             "response_max_time", "response_time"}) {
        if (key == name) return "response";
    }
    return {};
}

class ExportBlock {
  public:
    explicit ExportBlock(ConfigReader& reader) : reader_(reader) {}

    std::optional<StreamExportOptions> read(const ConfigMap& map) {
        reader_.each_entry(map, [this](const std::string& key, const ConfigEntry& entry) {
            return read_entry(key, entry);
        });
        for (const auto& [word, entry] : of_services_) refuse(word, *entry);
        if (!stream_) return {};
        export_.subject = *stream_;
        return export_;
    }

  private:
    bool read_entry(const std::string& key, const ConfigEntry& entry) {
        if (key == "stream") {
            const auto* name = entry.value.as<std::string>();
            if (name == nullptr) {
                reader_.error(entry.value.where,
                              fmt::format("Expected stream name to be string, got {}",
                                          entry.value.type_name()));
            } else {
                stream_ = *name;
            }
        } else if (key == "service") {
            reader_.not_supported(entry);
        } else if (key == "accounts") {
            read_accounts(entry);
        } else if (key == "account_token_position") {
            export_.account_token_position = reader_.integer(entry.value).value_or(0);
        } else if (const auto word = directive_of_services(key); !word.empty()) {
            of_services_.emplace_back(word, &entry);
        } else {
            return false;
        }
        return true;
    }

    void read_accounts(const ConfigEntry& entry) {
        const auto* items = entry.value.as<ConfigArray>();
        if (items == nullptr) {
            reader_.error(entry.value.where,
                          fmt::format("interface conversion: interface {{}} is {}, not "
                                      "[]interface {{}}",
                                      entry.value.type_name()));
            return;
        }
        for (const ConfigValue& item : *items) {
            if (auto name = reader_.text(item)) export_.accounts.push_back(std::move(*name));
        }
    }

    void refuse(std::string_view word, const ConfigEntry& entry) {
        if (stream_) {
            reader_.error(entry.value.where,
                          fmt::format("Detected {} directive on non-service", word));
        } else {
            reader_.not_supported(entry);
        }
    }

    ConfigReader& reader_;
    StreamExportOptions export_;
    std::optional<std::string> stream_;
    std::vector<std::pair<std::string_view, const ConfigEntry*>> of_services_;
};

class ImportBlock {
  public:
    explicit ImportBlock(ConfigReader& reader) : reader_(reader) {}

    std::optional<StreamImportOptions> read(const ConfigMap& map) {
        reader_.each_entry(map, [this](const std::string& key, const ConfigEntry& entry) {
            return read_entry(key, entry);
        });
        if (!import_) return {};
        import_->prefix = prefix_;
        import_->local = to_.value_or(import_->subject);
        if (to_ && to_->empty()) import_->local = import_->subject;
        if (prefix_ && !prefix_->empty()) {
            if (to_) {
                reader_.error(to_where_,
                              "Stream import can not have a 'prefix' and a 'to' property");
                return {};
            }
            const char* const between = prefix_->ends_with('.') ? "" : ".";
            import_->local = *prefix_ + between + import_->subject;
        }
        return import_;
    }

  private:
    bool read_entry(const std::string& key, const ConfigEntry& entry) {
        if (key == "stream") {
            read_stream(entry);
        } else if (key == "prefix") {
            prefix_ = reader_.text(entry.value);
        } else if (key == "to") {
            to_ = reader_.text(entry.value);
            to_where_ = entry.value.where;
        } else if (key == "service" || key == "share" || key == "allow_trace") {
            reader_.not_supported(entry);
        } else {
            return false;
        }
        return true;
    }

    void read_stream(const ConfigEntry& entry) {
        const auto* map = entry.value.as<ConfigMap>();
        if (map == nullptr) {
            reader_.error(entry.value.where,
                          fmt::format("Stream entry should be an account map, got {}",
                                      entry.value.type_name()));
            return;
        }
        StreamImportOptions import;
        reader_.each_entry(*map, [&](const std::string& key, const ConfigEntry& part) {
            if (key != "account" && key != "subject") return false;
            (key == "account" ? import.account : import.subject) =
                reader_.text(part.value).value_or("");
            return true;
        });
        if (import.account.empty() || import.subject.empty()) {
            reader_.error(entry.value.where, "Expect an account name and a subject");
            return;
        }
        import_ = std::move(import);
    }

    ConfigReader& reader_;
    std::optional<StreamImportOptions> import_;
    std::optional<std::string> prefix_, to_;
    ConfigPosition to_where_;
};

// The blocks of a list, read by a Block each.
template <class Block, class Item>
std::vector<Item> read_list(ConfigReader& reader, const ConfigEntry& entry, std::string_view what) {
    std::vector<Item> all;
    const auto* items = entry.value.as<ConfigArray>();
    if (items == nullptr) {
        reader.error(entry.value.where,
                     fmt::format("{}s should be an array, got {}", what, entry.value.type_name()));
        return all;
    }
    for (const ConfigValue& item : *items) {
        const auto* map = item.as<ConfigMap>();
        if (map == nullptr) {
            reader.error(item.where, fmt::format("{} Items should be a map with type entry, got {}",
                                                 what, item.type_name()));
        } else if (auto read = Block(reader).read(*map)) {
            all.push_back(std::move(*read));
        }
    }
    return all;
}

}  // namespace

std::vector<StreamExportOptions> read_exports(ConfigReader& reader, const ConfigEntry& entry) {
    return read_list<ExportBlock, StreamExportOptions>(reader, entry, "Export");
}

std::vector<StreamImportOptions> read_imports(ConfigReader& reader, const ConfigEntry& entry) {
    return read_list<ImportBlock, StreamImportOptions>(reader, entry, "Import");
}

}  // namespace midge
