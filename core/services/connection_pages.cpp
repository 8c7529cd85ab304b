// The pages CONNZ and SUBSZ.
#include <algorithm>

#include "routing/subscription.h"
#include "services/connz_survey.h"
#include "services/page_source.h"
#include "subject/subject.h"

namespace midge {
namespace {

// The cached results of one loop that are looked at for their fanout. A page needs no more
// exactness than that, and messages wait meanwhile.
constexpr size_t results_seen_max = 4096;

struct CacheFigures {
    uint64_t results = 0;
    uint64_t seen = 0;
    uint64_t fanout_sum = 0;
    uint64_t fanout_max = 0;
};

SubscriptionRow row_of(const Account& account, const IndexEntry& entry) {
    SubscriptionRow row;
    row.account = account.name();
    row.account_tag = account.display_name();
    row.subject = entry.subject();
    row.queue = entry.queue();
    const auto& subscription = static_cast<const Subscription&>(entry);
    const bool is_client = subscription.kind() == Subscription::Kind::client ||
                           subscription.kind() == Subscription::Kind::import;
    if (!is_client) return row;
    const auto& of_client = static_cast<const ClientSubscription&>(subscription);
    if (of_client.import() != nullptr) {
        row.account = of_client.import()->importer.name();
        row.account_tag = of_client.import()->importer.display_name();
    }
    row.sid = of_client.sid();
    row.delivered = of_client.delivered();
    row.max = of_client.max();
    row.cid = of_client.receiver().connection_id;
    return row;
}

int64_t limit_of(int64_t limit) {
    return limit <= 0 ? page_limit_default : limit;
}

}  // namespace

void PageSource::make(const ConnzOptions& options, const PageForm& form, const Answer& answer) {
    Connz page;
    page.offset = std::max<int64_t>(options.offset, 0);
    page.limit = limit_of(options.limit);
    page.view = {options.auth, options.subscriptions};
    const auto send = [form, answer](const Connz& made) {
        JsonWriter out(form.indent);
        write_json(out, made);
        answer(Page{out.take()});
    };
    auto sort = connz_sort(options);
    if (!sort) {
        answer(pass(sort));
        return;
    }
    if (!options.filter_subject.empty() && options.account.empty()) {
        answer(fail(Errc::invalid, "filter by subject only valid with account filtering"));
        return;
    }
    Account* const account =
        options.account.empty() ? nullptr : server().registry.find(options.account);
    if (account == nullptr && !options.account.empty()) {
        page.now = wall_now();
        page.unknown_account = true;
        send(page);
        return;
    }
    page.server_id = server().id;
    ConnzSurvey::Rows closed;
    if (options.state != ConnectionState::open) closed = closed_.all();
    std::make_shared<ConnzSurvey>(
        loops_, ConnzSurvey::Terms{options, *sort, account}, std::move(closed),
        [this](Work work) { post(std::move(work)); },
        [page, send](ConnzSurvey::Rows rows, uint64_t total) mutable {
            page.now = wall_now();
            page.total = total;
            page.connections = std::move(rows);
            send(page);
        })
        ->begin();
}

void PageSource::collect_sublist(Account* account, std::function<void(SublistStats)> done) {
    const auto figures = std::make_shared<std::vector<CacheFigures>>(loops_.size());
    const SubjectIndex* const index = account == nullptr ? nullptr : &account->index();
    const auto look = [figures, index](EventLoop& loop) {
        CacheFigures& own = (*figures)[loop.index()];
        loop.lane().matches().visit(results_seen_max, [&](const SubjectIndex& of,
                                                          const MatchResult& match) {
            if (index != nullptr && &of != index) return;
            const uint64_t fanout = match.plain.size() + match.queues.size() + match.targets.size();
            ++own.seen;
            own.fanout_sum += fanout;
            own.fanout_max = std::max(own.fanout_max, fanout);
        });
        own.results = index == nullptr ? loop.lane().matches().size() : own.seen;
    };
    ask_loops(loops_, look, [this, figures, account, done = std::move(done)] {
        post([this, figures, account, done] {
            const std::vector<Account*> accounts =
                account == nullptr ? server().registry.accounts() : std::vector{account};
            SublistStats out;
            uint64_t searches = 0;
            for (Account* const one : accounts) {
                out.subscriptions += one->index().size();
                out.inserts += one->index().inserts();
                out.removes += one->index().removes();
                searches += one->index().matches();
                out.matches += one->received().messages;
            }
            // Messages of the server itself are searched for, too.
            out.matches = std::max(out.matches, searches);
            if (out.matches != 0) {
                out.cache_hit_rate =
                    1 - static_cast<double>(searches) / static_cast<double>(out.matches);
            }
            CacheFigures all;
            for (const CacheFigures& one : *figures) {
                out.cached += one.results;
                out.fanout_max = std::max(out.fanout_max, one.fanout_max);
                all.seen += one.seen;
                all.fanout_sum += one.fanout_sum;
            }
            if (all.seen != 0) {
                out.fanout_average =
                    static_cast<double>(all.fanout_sum) / static_cast<double>(all.seen);
            }
            done(out);
        });
    });
}

void PageSource::list_subscriptions(const SubszOptions& options, Subsz& page) const {
    std::vector<Account*> accounts = server().registry.accounts();
    if (!options.account.empty()) {
        Account* const found = server().registry.find(options.account);
        accounts = found == nullptr ? std::vector<Account*>{} : std::vector{found};
    }
    const auto begin = static_cast<uint64_t>(page.offset);
    const uint64_t end = begin + static_cast<uint64_t>(page.limit);
    for (const Account* const account : accounts) {
        account->index().visit([&](const IndexEntry& entry) {
            if (!options.test.empty() && !subject_matches(entry.subject(), options.test))
                return true;
            if (page.total >= begin && page.total < end)
                page.subscriptions.push_back(row_of(*account, entry));
            ++page.total;
            return true;
        });
    }
}

void PageSource::make(const SubszOptions& options, const PageForm& form, const Answer& answer) {
    if (!options.test.empty() && !is_literal_subject(options.test)) {
        answer(fail(Errc::invalid,
                    "invalid test subject, must be valid publish subject: " + options.test));
        return;
    }
    Account* account = nullptr;
    if (!options.account.empty()) account = server().registry.find(options.account);
    const bool unknown = account == nullptr && !options.account.empty();
    const auto finish = [this, options, form, answer](const SublistStats& stats) {
        Subsz page;
        page.server_id = server().id;
        page.stats = stats;
        page.offset = std::max<int64_t>(options.offset, 0);
        page.limit = limit_of(options.limit);
        if (options.subscriptions) list_subscriptions(options, page);
        page.now = wall_now();
        JsonWriter out(form.indent);
        write_json(out, page);
        answer(Page{out.take()});
    };
    if (unknown) {
        finish({});
    } else {
        collect_sublist(account, finish);
    }
}

}  // namespace midge
