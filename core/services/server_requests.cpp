#include "services/server_requests.h"

#include "base/json.h"
#include "client/clients.h"
#include "event/subjects.h"

namespace midge {

void ServerRequests::attach(Account& system_account) {
    const std::string& id = services_.server().id;
    services_.serve(system_account, server_request_subject(id, "RELOAD"),
                    [this](const ServiceRequest& request) { reload(request); });
    services_.serve(system_account, server_request_subject(id, "PLUGINS"),
                    [this](const ServiceRequest& request) { report_plugins(request); });
    services_.serve(
        system_account, server_request_subject(id, "KICK"), [this](const ServiceRequest& request) {
            act_on_client(request, {[](Session& session) { session.close(CloseReason::kicked); },
                                    "no such client or leafnode id"});
        });
    services_.serve(
        system_account, server_request_subject(id, "LDM"), [this](const ServiceRequest& request) {
            act_on_client(
                request, {[](Session& session) { session.tell_lame_duck(); }, "no such client id"});
        });
}

bool ServerRequests::is_for_us(const ServiceRequest& request) {
    const ServerInfo server = services_.server().events.stamp();
    const auto filter = RequestFilter::parse(request.payload());
    if (!filter) {
        services_.answer(request, error_reply_json(server, {400, 0, filter.error().text}));
        return false;
    }
    return filter->matches(server);
}

void ServerRequests::answer(const ServiceRequest& request, const Result<>& outcome) {
    const ServerInfo server = services_.server().events.stamp();
    services_.answer(request, outcome ? empty_reply_json(server)
                                      : error_reply_json(server, {500, 0, outcome.error().text}));
}

void ServerRequests::report_plugins(const ServiceRequest& request) {
    if (request.reply().empty() || !is_for_us(request)) return;
    std::vector<ComponentReport> reports;
    if (const auto resolver = services_.server().registry.resolver()) resolver->report(reports);
    for (ComponentReport& sink : services_.server().events.reports())
        reports.push_back(std::move(sink));
    services_.answer(
        request, data_reply_json(services_.server().events.stamp(), plugins_data_json(reports)));
}

void ServerRequests::reload(const ServiceRequest& request) {
    if (request.reply().empty() || !is_for_us(request)) return;
    if (!ask_reload_) {
        answer(request,
               fail(Errc::invalid,
                    "can only reload config when a file is provided using -c or --config"));
        return;
    }
    ask_reload_([this, request](const Result<>& outcome) {
        services_.post([this, request, outcome] { answer(request, outcome); });
    });
}

void ServerRequests::act_on_client(const ServiceRequest& request, const Action& action) {
    const auto options = parse_json_object(request.payload());
    const auto client = options ? json_int(*options, "cid")
                                : Result<int64_t>(fail(Errc::invalid, options.error().text));
    if (!client || *client < 0) {
        services_.server().log.error("Error unmarshalling the request on {}: {}", request.subject(),
                                     client ? "a negative cid" : client.error().text);
        return;
    }
    if (request.reply().empty() || !is_for_us(request)) return;
    visit_loops(request, static_cast<uint64_t>(*client), action);
}

// Asks every loop, because only the loops know which of them has the client.
void ServerRequests::visit_loops(const ServiceRequest& request, uint64_t client,
                                 const Action& action) {
    const auto found = std::make_shared<std::atomic<bool>>(false);
    const auto search = [client, run = action.run, found](EventLoop& loop) {
        Session* const session = as_client(loop.find(client));
        if (session == nullptr) return;
        *found = true;
        run(*session);
    };
    ask_loops(loops_, search, [this, request, found, otherwise = action.otherwise] {
        services_.post(
            [=, this] { answer(request, *found ? Result<>{} : fail(Errc::not_found, otherwise)); });
    });
}

}  // namespace midge
