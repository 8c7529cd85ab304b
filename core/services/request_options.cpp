#include "services/request_options.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"

namespace midge {
namespace {

// Reads members of a request, until one of them has a wrong type.
class MemberReader {
  public:
    explicit MemberReader(const JsonObject& object) : object_(object) {}

    void read(const char* key, std::string& out) { take(json_string(object_, key), out); }
    void read(const char* key, bool& out) { take(json_bool(object_, key), out); }
    void read(const char* key, int64_t& out) { take(json_int(object_, key), out); }
    void read(const char* key, uint64_t& out) {
        int64_t number = 0;
        read(key, number);
        if (number < 0) {
            note({Errc::invalid, std::string("\"") + key + "\" should not be negative"});
            return;
        }
        out = static_cast<uint64_t>(number);
    }
    void read_shown(ShownSubscriptions& out) {
        bool subjects = false, details = false;
        read("subscriptions", subjects);
        read("subscriptions_detail", details);
        out = details    ? ShownSubscriptions::details
              : subjects ? ShownSubscriptions::subjects
                         : ShownSubscriptions::none;
    }
    void note(Error error) {
        if (!error_) error_ = std::move(error);
    }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

  private:
    template <class T>
    void take(Result<T> value, T& out) {
        if (!value) {
            note(std::move(value.error()));
        } else {
            out = std::move(*value);
        }
    }

    const JsonObject& object_;
    std::optional<Error> error_;
};

PageRequest read_connz(MemberReader& in) {
    ConnzOptions out;
    in.read("sort", out.sort);
    in.read("auth", out.auth);
    in.read_shown(out.subscriptions);
    in.read("offset", out.offset);
    in.read("limit", out.limit);
    in.read("cid", out.cid);
    in.read("mqtt_client", out.mqtt_client);
    int64_t state = 0;
    in.read("state", state);
    constexpr std::array states{ConnectionState::open, ConnectionState::closed,
                                ConnectionState::any};
    if (state >= 0 && state < static_cast<int64_t>(states.size()))
        out.state = states[static_cast<size_t>(state)];
    in.read("user", out.user);
    in.read("acc", out.account);
    in.read("filter_subject", out.filter_subject);
    return out;
}

PageRequest read_subsz(MemberReader& in) {
    SubszOptions out;
    in.read("offset", out.offset);
    in.read("limit", out.limit);
    in.read("subscriptions", out.subscriptions);
    in.read("account", out.account);
    in.read("test", out.test);
    return out;
}

PageRequest read_accountz(MemberReader& in) {
    AccountzOptions out;
    in.read("account", out.account);
    return out;
}

PageRequest read_routez(MemberReader& in) {
    RoutezOptions out;
    in.read_shown(out.subscriptions);
    return out;
}

PageRequest read_gatewayz(MemberReader& in) {
    GatewayzOptions out;
    in.read("name", out.name);
    in.read("accounts", out.accounts);
    in.read("account_name", out.account);
    in.read_shown(out.subscriptions);
    return out;
}

PageRequest read_leafz(MemberReader& in) {
    LeafzOptions out;
    in.read("subscriptions", out.subscriptions);
    in.read("account", out.account);
    return out;
}

PageRequest read_jsz(MemberReader& in) {
    JszOptions out;
    in.read("account", out.account);
    in.read("accounts", out.accounts);
    in.read("streams", out.streams);
    in.read("consumer", out.consumers);
    in.read("direct_consumer", out.direct_consumers);
    in.read("config", out.config);
    in.read("leader_only", out.leader_only);
    in.read("stream_leader_only", out.stream_leader_only);
    in.read("raft", out.raft);
    in.read("offset", out.offset);
    in.read("limit", out.limit);
    return out;
}

PageRequest read_healthz(MemberReader& in) {
    HealthzOptions out;
    in.read("js-enabled", out.js_enabled);
    in.read("js-enabled-only", out.js_enabled_only);
    in.read("js-server-only", out.js_server_only);
    in.read("js-meta-only", out.js_meta_only);
    in.read("account", out.account);
    in.read("stream", out.stream);
    in.read("consumer", out.consumer);
    in.read("details", out.details);
    return out;
}

PageRequest read_ipqueuesz(MemberReader& in) {
    IpqueueszOptions out;
    in.read("all", out.all);
    in.read("filter", out.filter);
    return out;
}

PageRequest read_raftz(MemberReader& in) {
    RaftzOptions out;
    in.read("account", out.account);
    in.read("group", out.group);
    return out;
}

struct PageReader {
    std::string_view name;
    PageRequest (*read)(MemberReader& in);
};
constexpr auto readers = std::to_array<PageReader>({
    {"VARZ", [](MemberReader&) -> PageRequest { return VarzOptions{}; }},
    {"CONNZ", read_connz},
    {"SUBSZ", read_subsz},
    {"ACCOUNTZ", read_accountz},
    {"ROUTEZ", read_routez},
    {"GATEWAYZ", read_gatewayz},
    {"LEAFZ", read_leafz},
    {"JSZ", read_jsz},
    {"HEALTHZ", read_healthz},
    {"IPQUEUESZ", read_ipqueuesz},
    {"RAFTZ", read_raftz},
    {"EXPVARZ", [](MemberReader&) -> PageRequest { return ExpvarzOptions{}; }},
});

}  // namespace

Result<MonitorRequest> read_monitor_request(std::string_view name, std::string_view payload) {
    const std::string_view text = trim(payload).empty() ? "{}" : payload;
    auto object = parse_json_object(text);
    if (!object) return pass(object);
    auto filter = RequestFilter::parse(*object);
    if (!filter) return pass(filter);
    MemberReader in(*object);
    const auto* const reader = std::find_if(
        readers.begin(), readers.end(), [&](const PageReader& one) { return one.name == name; });
    MonitorRequest request{std::move(*filter), reader->read(in)};
    if (in.error()) return fail(in.error()->code, in.error()->text);
    return request;
}

}  // namespace midge
