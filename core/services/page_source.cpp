#include "services/page_source.h"

#include "monitor/absent_pages.h"

namespace midge {
namespace {

// A page that `write` writes at once.
template <class Write>
Page page_of(const PageForm& form, Write write) {
    JsonWriter out(form.indent);
    write(out);
    return {out.take()};
}

template <class Value>
Page page_with(const PageForm& form, const Value& value) {
    return page_of(form, [&](JsonWriter& out) { write_json(out, value); });
}

// The internal queues of nats-server that have a counterpart here.
void write_queue(JsonWriter& out, const IpqueueszOptions& options, std::string_view name,
                 size_t pending) {
    if (name.find(options.filter) == std::string_view::npos) return;
    if (pending == 0 && !options.all) return;
    out.key(name).begin_object().field("pending", uint64_t{pending}).end_object();
}

}  // namespace

PageSource::PageSource(SystemServices& services, const EventLoops& loops, ClosedConnections& closed,
                       const HttpRequestCounts& http, std::string system_account)
    : services_(services),
      loops_(loops),
      closed_(closed),
      http_(http),
      system_account_(std::move(system_account)),
      queue_(std::make_unique<WorkQueue<Work>>(1, SIZE_MAX, [](const Work& work) { work(); })) {}

void PageSource::set_settings(std::shared_ptr<const Settings> settings) {
    const std::scoped_lock lock(mutex_);
    settings_ = std::move(settings);
    settings_since_ = wall_now();
}

std::shared_ptr<const Settings> PageSource::settings() const {
    const std::scoped_lock lock(mutex_);
    return settings_;
}

std::string PageSource::server_name() const {
    const std::string name = settings()->options.server_name;
    return name.empty() ? server().id : name;
}

MonitorPages::Answer PageSource::counted(Answer answer) {
    if (under_way_.fetch_add(1) >= under_way_max) {
        under_way_.fetch_sub(1);
        answer(fail(Errc::unavailable, "too many monitoring requests wait for an answer"));
        return {};
    }
    return [this, answer = std::move(answer)](Result<Page> page) {
        under_way_.fetch_sub(1);
        answer(std::move(page));
    };
}

void PageSource::stop() {
    queue_->stop();
}

void PageSource::ask(const PageRequest& request, const PageForm& form, Answer answer) {
    const Answer reply = counted(std::move(answer));
    if (!reply) return;
    post([this, request, form, reply] {
        std::visit([&](const auto& options) { make(options, form, reply); }, request);
    });
}

void PageSource::ask_account(const std::string& account, Answer answer) {
    const Answer reply = counted(std::move(answer));
    if (!reply) return;
    post([this, account, reply] {
        make_account(account, [reply](Result<AccountRow> row) {
            reply(row ? Result<Page>(page_with({}, *row)) : pass(row));
        });
    });
}

void PageSource::make_account(const std::string& account,
                              const std::function<void(Result<AccountRow>)>& row_made) {
    Account* const found = server().registry.find(account);
    if (found == nullptr) {
        row_made(fail(Errc::not_found, "Account " + account + " does not exist"));
        return;
    }
    collect_sublist(found, [this, found, row_made](const SublistStats& sublist) {
        AccountRow row = account_row(*found);
        row.sublist = sublist;
        row_made(std::move(row));
    });
}

void PageSource::make(const VarzOptions& /*options*/, const PageForm& form, const Answer& answer) {
    answer(page_with(form, varz()));
}

void PageSource::make(const AccountzOptions& options, const PageForm& form, const Answer& answer) {
    Accountz page{server().id, wall_now(), system_account_, {}, {}};
    if (options.account.empty()) {
        for (const Account* account : server().registry.accounts())
            page.accounts.push_back(account->name());
        answer(page_with(form, page));
        return;
    }
    make_account(options.account, [page, form, answer](Result<AccountRow> row) mutable {
        if (!row) {
            answer(pass(row));
            return;
        }
        page.detail = std::move(*row);
        answer(page_with(form, page));
    });
}

void PageSource::make(const AccstatzOptions& options, const PageForm& form, const Answer& answer) {
    std::vector<Account*> accounts;
    if (options.accounts.empty()) {
        accounts = server().registry.accounts();
    } else {
        for (const std::string& name : options.accounts) {
            if (Account* const found = server().registry.find(name)) accounts.push_back(found);
        }
    }
    JsonWriter out(form.indent);
    out.begin_object().field("server_id", server().id).field("now", rfc3339_nano(wall_now()));
    out.key("account_statz").begin_array();
    for (Account* const account : accounts) {
        const AccountStat stat = services_.account_stat(*account);
        if (stat.total_conns == 0 && !options.unused) continue;
        out.begin_object();
        write_fields(out, stat);
        out.end_object();
    }
    out.end_array().end_object();
    answer(Page{out.take()});
}

void PageSource::make(const RoutezOptions& /*options*/, const PageForm& form,
                      const Answer& answer) {
    answer(page_of(
        form, [&](JsonWriter& out) { write_routez(out, server().id, server_name(), wall_now()); }));
}

void PageSource::make(const GatewayzOptions& /*options*/, const PageForm& form,
                      const Answer& answer) {
    answer(page_of(form, [&](JsonWriter& out) { write_gatewayz(out, server().id, wall_now()); }));
}

void PageSource::make(const LeafzOptions& /*options*/, const PageForm& form, const Answer& answer) {
    answer(page_of(form, [&](JsonWriter& out) { write_leafz(out, server().id, wall_now()); }));
}

void PageSource::make(const JszOptions& /*options*/, const PageForm& form, const Answer& answer) {
    answer(page_of(form, [&](JsonWriter& out) { write_jsz(out, server().id, wall_now()); }));
}

void PageSource::make(const RaftzOptions& /*options*/, const PageForm& form, const Answer& answer) {
    answer(page_of(form, [](JsonWriter& out) { out.begin_object().end_object(); }));
}

void PageSource::make(const IpqueueszOptions& options, const PageForm& form, const Answer& answer) {
    answer(page_of(form, [&](JsonWriter& out) {
        out.begin_object();
        write_queue(out, options, "System recvQ", services_.queue().size());
        write_queue(out, options, "System sendQ", server().events.waiting());
        out.end_object();
    }));
}

// Without JetStream, a server that answers is healthy, whatever is asked about
// (docs/protocol/monitoring.md, Health).
void PageSource::make(const HealthzOptions& options, const PageForm& form, const Answer& answer) {
    std::string_view missing;
    if (options.account.empty() && !options.stream.empty()) {
        missing = "\"account\" must not be empty when checking stream health";
    } else if (options.stream.empty() && !options.consumer.empty()) {
        missing = "\"stream\" must not be empty when checking consumer health";
    }
    Page page;
    page.status = missing.empty() ? 200 : 400;
    JsonWriter out(form.indent);
    out.begin_object().field("status", missing.empty() ? "ok" : "error");
    if (form.status_code) out.field("status_code", page.status);
    if (!missing.empty() && options.details) {
        out.key("errors").begin_array().begin_object();
        out.field("type", "BAD_REQUEST").field("error", missing).end_object().end_array();
    } else {
        out.field_oe("error", missing);
    }
    page.json = out.end_object().take();
    answer(std::move(page));
}

// Go's statistics of its memory do not exist here; `Sys` and `Alloc` are what readers of this page
// look at, and both are the memory of the process.
void PageSource::make(const ExpvarzOptions& /*options*/, const PageForm& form,
                      const Answer& answer) {
    const int64_t memory = services_.statsz().mem_bytes;
    answer(page_of(form, [&](JsonWriter& out) {
        out.begin_object().key("cmdline").begin_array().value("midged").end_array();
        out.key("memstats").begin_object().field("Alloc", memory).field("Sys", memory);
        out.end_object().end_object();
    }));
}

}  // namespace midge
