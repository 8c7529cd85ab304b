#include "services/monitor_requests.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/json.h"
#include "base/text.h"
#include "base/wire_error.h"
#include "event/subjects.h"
#include "services/reply_encoding.h"
#include "subject/subject.h"

namespace midge {
namespace {

constexpr std::string_view account_subscribers_subject = "$SYS.REQ.ACCOUNT.NSUBS";

// The token of the account in "$SYS.REQ.ACCOUNT.<account>.<name>".
std::string account_of(std::string_view subject) {
    constexpr std::string_view before = "$SYS.REQ.ACCOUNT.";
    const std::string_view rest = subject.substr(before.size());
    return std::string(rest.substr(0, rest.rfind('.')));
}

// The clients of the account that a message to `subject` may reach; only those in the queue group,
// if one is given.
size_t count_clients(const Account& account, std::string_view subject, std::string_view queue) {
    const auto is_client = [](const Ref<IndexEntry>& entry) {
        return static_cast<const Subscription&>(*entry).kind() == Subscription::Kind::client;
    };
    const auto match = account.index().match(subject);
    size_t count = 0;
    if (queue.empty()) {
        count =
            static_cast<size_t>(std::count_if(match->plain.begin(), match->plain.end(), is_client));
    }
    for (const auto& group : match->queues) {
        if (!queue.empty() && group->name != queue) continue;
        count += static_cast<size_t>(
            std::count_if(group->members.begin(), group->members.end(), is_client));
    }
    return count;
}

}  // namespace

void MonitorRequests::attach(Account& system_account) {
    for (const std::string_view name : page_names) serve_page(system_account, name);
    const auto profilez = [this](const ServiceRequest& request) { answer_profilez(request); };
    services_.serve(system_account, server_ping_request_subject("PROFILEZ"), profilez);
    services_.serve(system_account, server_request_subject(services_.server().id, "PROFILEZ"),
                    profilez);
    for (const std::string_view name : {"CONNZ", "SUBSZ", "LEAFZ", "JSZ", "INFO"})
        serve_account(system_account, name);
    services_.serve(system_account, account_request_subject("*", "STATZ"),
                    [this](const ServiceRequest& request) {
                        const std::string account = account_of(request.subject());
                        answer_statz(request, account == "PING" ? std::string() : account);
                    });
    services_.serve(system_account, std::string(subscribers_subject),
                    [this](const ServiceRequest& request) { count_subscribers(request); });
    services_.serve(system_account, std::string(account_subscribers_subject),
                    [this](const ServiceRequest& request) { count_account_subscribers(request); });
}

void MonitorRequests::serve_page(Account& system_account, std::string_view name) {
    const auto handler = [this, name](const ServiceRequest& request) {
        answer_page(request, name);
    };
    services_.serve(system_account, server_ping_request_subject(name), handler);
    services_.serve(system_account, server_request_subject(services_.server().id, name), handler);
}

void MonitorRequests::serve_account(Account& system_account, std::string_view name) {
    services_.serve(system_account, account_request_subject("*", name),
                    [this, name](const ServiceRequest& request) {
                        answer_account(request, name, account_of(request.subject()));
                    });
}

bool MonitorRequests::is_meant(const ServiceRequest& request, const RequestFilter& filter) {
    return !request.reply().empty() && filter.matches(services_.server().events.server());
}

void MonitorRequests::refuse(const ServiceRequest& request, const Error& error) {
    services_.answer(request,
                     error_reply_json(services_.server().events.stamp(), {400, 0, error.text}));
}

void MonitorRequests::answer_page(const ServiceRequest& request, std::string_view name) {
    if (request.reply().empty()) return;
    const auto read = read_monitor_request(name, request.payload());
    if (!read) {
        refuse(request, read.error());
    } else if (is_meant(request, read->filter)) {
        ask(request, read->page);
    }
}

void MonitorRequests::answer_account(const ServiceRequest& request, std::string_view name,
                                     const std::string& account) {
    if (request.reply().empty()) return;
    const bool is_info = name == "INFO";
    auto read = read_monitor_request(is_info ? "VARZ" : name, request.payload());
    if (!read) {
        refuse(request, read.error());
        return;
    }
    if (!is_meant(request, read->filter)) return;
    if (is_info) {
        pages_.ask_account(account,
                           [this, request](const Result<Page>& page) { send(request, page); });
        return;
    }
    if (name == "JSZ") {
        send(request, fail(Errc::unsupported, "jetstream not enabled"));
        return;
    }
    if (auto* const connz = std::get_if<ConnzOptions>(&read->page)) connz->account = account;
    if (auto* const leafz = std::get_if<LeafzOptions>(&read->page)) leafz->account = account;
    if (auto* const subsz = std::get_if<SubszOptions>(&read->page)) {
        subsz->account = account;
        subsz->subscriptions = true;
    }
    ask(request, read->page);
}

// A server without such an account, or without connections of it, stays silent.
void MonitorRequests::answer_statz(const ServiceRequest& request, const std::string& account) {
    if (request.reply().empty()) return;
    auto object = parse_json_object(trim(request.payload()).empty() ? "{}" : request.payload());
    if (!object) return refuse(request, object.error());
    auto filter = RequestFilter::parse(*object);
    auto accounts = json_strings(*object, "accounts");
    auto unused = json_bool(*object, "include_unused");
    if (!filter) return refuse(request, filter.error());
    if (!accounts) return refuse(request, accounts.error());
    if (!unused) return refuse(request, unused.error());
    if (!is_meant(request, *filter)) return;
    AccstatzOptions options{std::move(*accounts), *unused};
    if (!account.empty()) {
        const Account* const found = services_.server().registry.find(account);
        if (found == nullptr || (found->connections() == 0 && !options.unused)) return;
        options.accounts = {account};
    }
    ask(request, options);
}

// Profiles of Go's runtime do not exist here.
void MonitorRequests::answer_profilez(const ServiceRequest& request) {
    if (request.reply().empty()) return;
    auto object = parse_json_object(trim(request.payload()).empty() ? "{}" : request.payload());
    if (!object) return refuse(request, object.error());
    auto filter = RequestFilter::parse(*object);
    auto name = json_string(*object, "name");
    if (!filter) return refuse(request, filter.error());
    if (!name) return refuse(request, name.error());
    if (!is_meant(request, *filter)) return;
    JsonWriter out;
    out.begin_object().key("profile").null();
    out.field("error", name->empty() ? std::string("Profile name not specified")
                                     : "Profile " + go_quote(*name) + " not found");
    send_data(request, out.end_object().take());
}

void MonitorRequests::count_subscribers(const ServiceRequest& request) {
    if (request.reply().empty()) return;
    const std::string_view text = trim(request.payload());
    const size_t blank = text.find_first_of(" \t");
    const std::string_view queue =
        blank == std::string_view::npos ? std::string_view() : trim(text.substr(blank));
    Account& account = request.requestor();
    services_.answer(request, std::to_string(count_clients(account, text.substr(0, blank), queue)));
}

void MonitorRequests::count_account_subscribers(const ServiceRequest& request) {
    if (request.reply().empty()) return;
    const auto object = parse_json_object(request.payload());
    if (!object) return refuse(request, object.error());
    const auto name = json_string(*object, "acc");
    const auto subject = json_string(*object, "subject");
    const auto encoded = json_string(*object, "queue");
    if (!name || !subject || !encoded)
        return refuse(request, !name ? name.error() : !subject ? subject.error() : encoded.error());
    const auto queue = base64_decode(*encoded);
    if (!queue) return refuse(request, queue.error());
    const Account* const account = services_.server().registry.find(*name);
    if (account == nullptr || account->connections() == 0) return;
    services_.answer(request, std::to_string(count_clients(*account, *subject, *queue)));
}

void MonitorRequests::ask(const ServiceRequest& request, const PageRequest& page) {
    pages_.ask(page, {.indent = 0, .status_code = true},
               [this, request](const Result<Page>& made) { send(request, made); });
}

void MonitorRequests::send(const ServiceRequest& request, const Result<Page>& page) {
    services_.post([this, request, page] {
        if (page) {
            send_data(request, page->json);
            return;
        }
        services_.answer(request, page_error_reply_json(services_.server().events.stamp(),
                                                        {500, 0, page.error().text}));
    });
}

void MonitorRequests::send_data(const ServiceRequest& request, std::string_view data) {
    const EncodedReply reply =
        encode_reply(request.header(), data_reply_json(services_.server().events.stamp(), data));
    services_.answer(request, reply.header, reply.body);
}

}  // namespace midge
