#include "config/read_exchange.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/wire_error.h"
#include "config/go_duration.h"
#include "config/read_latency.h"

namespace midge {
namespace {

// Returns the word for a key of a service export in messages.
std::string_view directive_of_services(const std::string& key) {
    if (key == "latency") return "latency";
    if (key == "allow_trace") return "allow_trace";
    if (key == "response" || key == "response_type") return "response";
    for (const char* name :
         {"threshold", "response_threshold", "response_max_time", "response_time"}) {
        if (key == name) return "threshold";
    }
    return {};
}

class ExportBlock {
  public:
    ExportBlock(ConfigReader& reader, AccountOptions& account)
        : reader_(reader), account_(account) {}

    void read(const ConfigMap& map, const ConfigPosition&) {
        reader_.each_entry(map, [this](const std::string& key, const ConfigEntry& entry) {
            return read_entry(key, entry);
        });
        if (stream_ && service_) {
            reader_.error(stream_where_, fmt::format("Detected stream {} but already saw a service",
                                                     go_quote(*stream_)));
            return;
        }
        std::set<std::string_view> seen;
        for (const auto& [word, entry] : of_services_) {
            const bool again = !seen.insert(word).second;
            if (again && word == "response") {
                reader_.error(entry->value.where, "Duplicate response type definition");
            } else if (again && word == "threshold") {
                reader_.error(entry->value.where, "Duplicate response threshold detected");
            } else {
                read_of_service(word, *entry);
            }
        }
        if (stream_) {
            export_.subject = *stream_;
            account_.stream_exports.push_back(export_);
        } else if (service_) {
            export_.subject = *service_;
            account_.service_exports.push_back(std::move(export_));
        }
    }

  private:
    bool read_entry(const std::string& key, const ConfigEntry& entry) {
        if (key == "stream" || key == "service") {
            read_subject(key, entry);
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

    void read_subject(const std::string& kind, const ConfigEntry& entry) {
        const auto* subject = entry.value.as<std::string>();
        if (subject == nullptr) {
            reader_.error(entry.value.where, fmt::format("Expected {} name to be string, got {}",
                                                         kind, entry.value.type_name()));
        } else if (kind == "stream") {
            stream_ = *subject;
            stream_where_ = entry.value.where;
        } else {
            service_ = *subject;
        }
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

    void read_of_service(std::string_view word, const ConfigEntry& entry) {
        if ((word == "latency" || word == "allow_trace") && stream_) {
            reader_.error(entry.value.where,
                          fmt::format("Detected {} directive on non-service", word));
        } else if (word == "latency") {
            export_.latency = read_latency(reader_, entry);
        } else if (word == "allow_trace") {
            export_.allow_trace = reader_.flag(entry.value).value_or(false);
        } else if (word == "response") {
            read_response(entry);
        } else {
            read_threshold(entry);
        }
        if (stream_ && word == "response") {
            reader_.error(entry.value.where, "Detected response directive on non-service");
        }
    }

    void read_response(const ConfigEntry& entry) {
        const auto* name = entry.value.as<std::string>();
        if (name == nullptr) {
            reader_.error(entry.value.where,
                          fmt::format("Expected response type to be string, got {}",
                                      entry.value.type_name()));
            return;
        }
        const std::string type = to_lower_ascii(*name);
        if (type == "single" || type == "singleton") {
            export_.response = ResponseType::singleton;
        } else if (type == "stream") {
            export_.response = ResponseType::stream;
        } else if (type == "chunk" || type == "chunked") {
            export_.response = ResponseType::chunked;
        } else {
            reader_.error(entry.value.where,
                          fmt::format("Unknown response type: {}", go_quote(*name)));
        }
    }

    void read_threshold(const ConfigEntry& entry) {
        constexpr const char* expected =
            "Expected response threshold to be a parseable time duration, got ";
        const auto* written = entry.value.as<std::string>();
        if (written == nullptr) {
            reader_.error(entry.value.where, expected + std::string(entry.value.type_name()));
            return;
        }
        const auto threshold = parse_go_duration(*written);
        if (!threshold) {
            reader_.error(entry.value.where, fmt::format("{}{}", expected, go_quote(*written)));
        } else if (threshold->count() < 0) {
            reader_.own_error(
                entry.value.where,
                fmt::format("response threshold is {}, expected 0 or more", *written));
        } else if (threshold->count() > 0) {
            export_.response_threshold = *threshold;
        }
    }

    ConfigReader& reader_;
    AccountOptions& account_;
    ServiceExportOptions export_;
    std::optional<std::string> stream_, service_;
    ConfigPosition stream_where_;
    std::vector<std::pair<std::string_view, const ConfigEntry*>> of_services_;
};

class ImportBlock {
  public:
    ImportBlock(ConfigReader& reader, AccountOptions& account)
        : reader_(reader), account_(account) {}

    void read(const ConfigMap& map, const ConfigPosition& where) {
        reader_.each_entry(map, [this](const std::string& key, const ConfigEntry& entry) {
            return read_entry(key, entry);
        });
        if (stream_ && service_) {
            reader_.error(stream_->where, "Detected stream but already saw a service");
            return;
        }
        if (share_ != nullptr && stream_) {
            reader_.error(share_->value.where, "Detected share directive on a non-service");
        }
        if (allow_trace_ != nullptr && service_) {
            reader_.error(allow_trace_->value.where,
                          "Detected allow_trace directive on a non-stream");
        }
        if (stream_) {
            add_stream();
        } else if (service_) {
            add_service(where);
        }
    }

  private:
    // The exporting account and its subject.
    struct Source {
        std::string account, subject;
        ConfigPosition where;
    };

    bool read_entry(const std::string& key, const ConfigEntry& entry) {
        if (key == "stream") {
            stream_ = read_source(entry, "Stream");
        } else if (key == "service") {
            service_ = read_source(entry, "Service");
        } else if (key == "prefix") {
            prefix_ = reader_.text(entry.value);
        } else if (key == "to") {
            to_ = reader_.text(entry.value);
            to_where_ = entry.value.where;
        } else if (key == "share") {
            share_ = &entry;
        } else if (key == "allow_trace") {
            allow_trace_ = &entry;
        } else {
            return false;
        }
        return true;
    }

    std::optional<Source> read_source(const ConfigEntry& entry, std::string_view kind) {
        const auto* map = entry.value.as<ConfigMap>();
        if (map == nullptr) {
            reader_.error(entry.value.where,
                          fmt::format("{} entry should be an account map, got {}", kind,
                                      entry.value.type_name()));
            return {};
        }
        Source source{{}, {}, entry.value.where};
        reader_.each_entry(*map, [&](const std::string& key, const ConfigEntry& part) {
            if (key != "account" && key != "subject") return false;
            (key == "account" ? source.account : source.subject) =
                reader_.text(part.value).value_or("");
            return true;
        });
        if (source.account.empty() || source.subject.empty()) {
            reader_.error(entry.value.where, "Expect an account name and a subject");
            return {};
        }
        return source;
    }

    void add_stream() {
        StreamImportOptions import{stream_->account, stream_->subject, prefix_, stream_->subject};
        if (to_ && !to_->empty()) import.local = *to_;
        if (allow_trace_ != nullptr) {
            import.allow_trace = reader_.flag(allow_trace_->value).value_or(false);
        }
        if (prefix_ && !prefix_->empty()) {
            if (to_) {
                reader_.error(to_where_,
                              "Stream import can not have a 'prefix' and a 'to' property");
                return;
            }
            const char* const between = prefix_->ends_with('.') ? "" : ".";
            import.local = *prefix_ + between + import.subject;
        }
        account_.stream_imports.push_back(std::move(import));
    }

    // A prefix has no effect for a service; nats-server accepts it, too.
    void add_service(const ConfigPosition& where) {
        ServiceImportOptions import{service_->account, service_->subject, service_->subject};
        if (to_ && !to_->empty()) import.local = *to_;
        if (share_ != nullptr) import.share = reader_.flag(share_->value).value_or(false);
        const auto& others = account_.service_imports;
        const auto same = std::find_if(others.begin(), others.end(), [&](const auto& other) {
            return other.account == import.account && other.local == import.local;
        });
        if (same != others.end()) {
            reader_.error(where, fmt::format("Duplicate service import subject {}, previously "
                                             "used in import for account {}, subject {}",
                                             go_quote(import.local), go_quote(same->account),
                                             go_quote(same->subject)));
            return;
        }
        account_.service_imports.push_back(std::move(import));
    }

    ConfigReader& reader_;
    AccountOptions& account_;
    std::optional<Source> stream_, service_;
    std::optional<std::string> prefix_, to_;
    ConfigPosition to_where_;
    const ConfigEntry* share_ = nullptr;
    const ConfigEntry* allow_trace_ = nullptr;
};

// Reads a list of blocks, each with a Block.
template <class Block>
void read_list(ConfigReader& reader, const ConfigEntry& entry, AccountOptions& account,
               std::string_view what) {
    const auto* items = entry.value.as<ConfigArray>();
    if (items == nullptr) {
        reader.error(entry.value.where,
                     fmt::format("{}s should be an array, got {}", what, entry.value.type_name()));
        return;
    }
    for (const ConfigValue& item : *items) {
        if (const auto* map = item.as<ConfigMap>()) {
            Block(reader, account).read(*map, item.where);
        } else {
            reader.error(item.where, fmt::format("{} Items should be a map with type entry, got {}",
                                                 what, item.type_name()));
        }
    }
}

}  // namespace

void read_exports(ConfigReader& reader, const ConfigEntry& entry, AccountOptions& account) {
    read_list<ExportBlock>(reader, entry, account, "Export");
}

void read_imports(ConfigReader& reader, const ConfigEntry& entry, AccountOptions& account) {
    read_list<ImportBlock>(reader, entry, account, "Import");
}

}  // namespace midge
