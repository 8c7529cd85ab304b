#include "host/plugin_resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "common/account_key.h"
#include "host/host_tables.h"
#include "host/jwt_version.h"
#include "host/plugin_library.h"
#include "host/plugin_report.h"
#include "host/plugin_settings.h"
#include "host/resolver_answers.h"

namespace midge {
namespace {

Error bad_key(std::string_view who) {
    return {Errc::invalid,
            fmt::format("{}: expected an account key, \"A\" and 55 of A-Z and 2-7", who)};
}

Error unsupported(std::string_view who, const char* what) {
    return {Errc::unsupported, fmt::format("{} does not support {}", who, what)};
}

uint32_t millis(std::chrono::milliseconds time) {
    return static_cast<uint32_t>(std::clamp<int64_t>(time.count(), 0, UINT32_MAX));
}

}  // namespace

// The functions that the plugin calls. Outlives the PluginResolver; the gate tells whether that
// still exists.
struct PluginResolver::Host {
    explicit Host(PluginResolver& resolver) : owner(resolver) {
        table = {sizeof(table), MIDGE_RESOLVER_ABI, this, &log, &complete, &changed, &version_of};
    }

    static void log(void* self, int level, midge_text line) noexcept {
        auto& host = *static_cast<Host*>(self);
        if (const auto inside = host.gate.enter()) host.owner.journal_.write(level, line);
    }
    static void complete(void* self, uint64_t request, const midge_answer* answer) noexcept {
        auto& host = *static_cast<Host*>(self);
        const auto inside = host.gate.enter();
        if (inside && answer != nullptr) host.owner.on_complete(request, known_part(*answer));
    }
    static void changed(void* self, int kind, midge_text account) noexcept {
        auto& host = *static_cast<Host*>(self);
        if (const auto inside = host.gate.enter()) host.owner.on_changed(kind, account);
    }
    static void version_of(void* /*self*/, midge_text jwt, char* version) noexcept {
        jwt_version(to_view(jwt)).copy(version, MIDGE_VERSION_SIZE);
    }

    midge_resolver_host table;
    PluginResolver& owner;  // dangles once the gate is closed
    Turnstile gate;
};

// A list that is being collected, page by page, on the resolver's thread.
struct PluginResolver::Listing {
    ListDone done;
    std::vector<std::string> accounts;
    std::string cursor;
    size_t pages = 0;
};

Result<std::unique_ptr<PluginResolver>> PluginResolver::create(const midge_resolver& table,
                                                               const ResolverSetup& setup,
                                                               Changed changed, Logger& log) {
    if (auto fits = check_table(table); !fits) return pass(fits);
    std::unique_ptr<PluginResolver> resolver(
        new PluginResolver(table, setup, std::move(changed), log));
    if (auto started = resolver->start(setup); !started) return pass(started);
    return resolver;
}

PluginResolver::PluginResolver(const midge_resolver& table, const ResolverSetup& setup,
                               Changed changed, Logger& log)
    : table_(known_part(table)),
      changed_(std::move(changed)),
      fetch_timeout_(setup.timeout),
      journal_(setup.instance.empty() ? plugin_line(table.name) : setup.instance, log),
      pending_(journal_.name(), canceller()),
      host_(keep_for_ever(std::make_unique<Host>(*this))) {}

PluginResolver::~PluginResolver() {
    stop();
    if (created_) table_.destroy(self_);
}

Result<> PluginResolver::start(const ResolverSetup& setup) {
    if (auto checked =
            check_plugin_settings(table_.settings, table_.setting_count, setup.config_json);
        !checked) {
        journal_.write(MIDGE_LOG_ERROR, to_text(checked.error().text));
        return fail(Errc::invalid, journal_.reason(MIDGE_INVALID));
    }
    const midge_resolver_start start = {sizeof(start), 0, to_text(journal_.name()),
                                        to_text(setup.config_json)};
    const int status = table_.create(&host_.table, &start, &self_);
    created_ = status == MIDGE_OK;
    if (created_) return {};
    return fail(Errc::invalid, journal_.reason(status));
}

// Returns no function if the plugin has no cancel().
PendingRequests::Overdue PluginResolver::canceller() {
    if (table_.cancel == nullptr) return {};
    return [this](uint64_t request) {
        if (const auto inside = calls_.enter()) table_.cancel(self_, request);
    };
}

std::string_view PluginResolver::version() const noexcept {
    return to_view(table_.version);
}

void PluginResolver::fetch(const std::string& account, FetchDone done) {
    fetch_one(account, {}, [this, done = std::move(done)](Result<PluginAnswer> answer) {
        auto jwt = fetched_jwt(name(), std::move(answer), false);
        if (!jwt) return done(pass(jwt));
        done(std::move(**jwt));
    });
}

void PluginResolver::fetch_if_changed(const std::string& account, const std::string& known_jwt,
                                      FetchChangedDone done) {
    const std::string have = known_jwt.empty() ? std::string() : jwt_version(known_jwt);
    fetch_one(account, have,
              [this, may_be = !have.empty(), done = std::move(done)](Result<PluginAnswer> answer) {
                  done(fetched_jwt(name(), std::move(answer), may_be));
              });
}

void PluginResolver::fetch_one(const std::string& account, const std::string& have,
                               PendingRequests::Done done) {
    if (!has_account_key_form(account)) return done(tl::unexpected(bad_key(name())));
    request({std::move(done)}, fetch_timeout_, [&](uint64_t number) {
        const midge_wanted wanted = {to_text(account), to_text(have)};
        const midge_fetch fetch = {sizeof(fetch), millis(fetch_timeout_), number, &wanted, 1, 0};
        table_.fetch(self_, &fetch);
    });
}

void PluginResolver::fetch_each(const std::vector<std::string>& accounts,
                                const FetchEachDone& done) {
    const size_t batch = std::clamp(table_.fetch_max, 1U, fetch_batch_max);
    for (size_t from = 0; from < accounts.size(); from += batch)
        fetch_some(accounts, from, std::min(batch, accounts.size() - from), done);
}

void PluginResolver::fetch_some(const std::vector<std::string>& accounts, size_t from, size_t count,
                                const FetchEachDone& done) {
    std::vector<midge_wanted> wanted;
    std::vector<PendingRequests::Done> dones;
    for (size_t i = from; i < from + count; ++i) {
        if (!has_account_key_form(accounts[i])) {
            done(i, tl::unexpected(bad_key(name())));
            continue;
        }
        wanted.push_back({to_text(accounts[i]), {}});
        dones.emplace_back([this, i, done](Result<PluginAnswer> answer) {
            auto jwt = fetched_jwt(name(), std::move(answer), false);
            if (!jwt) return done(i, pass(jwt));
            done(i, std::move(**jwt));
        });
    }
    if (wanted.empty()) return;
    request(std::move(dones), fetch_timeout_, [&](uint64_t number) {
        const midge_fetch fetch = {sizeof(fetch),
                                   millis(fetch_timeout_),
                                   number,
                                   wanted.data(),
                                   static_cast<uint32_t>(wanted.size()),
                                   0};
        table_.fetch(self_, &fetch);
    });
}

Result<> PluginResolver::check_store(const std::string& account, const std::string& jwt) const {
    if (!has_account_key_form(account)) return tl::unexpected(bad_key(name()));
    if (jwt.empty() || jwt.size() > jwt_bytes_max) {
        return fail(Errc::invalid, fmt::format("{}: JWT of {} bytes, expected 1..{}", name(),
                                               jwt.size(), jwt_bytes_max));
    }
    return {};
}

void PluginResolver::store(const std::string& account, const std::string& jwt, Done done) {
    if (!can_store()) return done(tl::unexpected(unsupported(name(), "storing")));
    if (auto checked = check_store(account, jwt); !checked) return done(pass(checked));
    send_store(account, jwt, MIDGE_STORE_ALWAYS, {},
               [this, done = std::move(done)](Result<PluginAnswer> answer) {
                   done(finished(name(), std::move(answer)));
               });
}

void PluginResolver::store_if(const std::string& account, const std::string& jwt,
                              const std::optional<std::string>& expected, const StoreIfDone& done) {
    if (!can_store_if())
        return done(tl::unexpected(unsupported(name(), "storing with a condition")));
    if (auto checked = check_store(account, jwt); !checked) return done(pass(checked));
    send_store(account, jwt, expected ? MIDGE_STORE_IF_VERSION : MIDGE_STORE_IF_ABSENT,
               expected ? jwt_version(*expected) : std::string(),
               [this, done](Result<PluginAnswer> answer) {
                   if (answer && answer->status == MIDGE_CONFLICT) return done(false);
                   auto stored = finished(name(), std::move(answer));
                   if (!stored) return done(pass(stored));
                   done(true);
               });
}

void PluginResolver::send_store(const std::string& account, const std::string& jwt,
                                uint32_t condition, const std::string& expected,
                                PendingRequests::Done done) {
    request({std::move(done)}, manage_timeout(), [&](uint64_t number) {
        const midge_store store = {sizeof(store),
                                   millis(manage_timeout()),
                                   number,
                                   to_text(account),
                                   to_text(jwt),
                                   condition,
                                   0,
                                   to_text(expected)};
        table_.store(self_, &store);
    });
}

void PluginResolver::list(ListDone done) {
    if (!can_list()) return done(tl::unexpected(unsupported(name(), "listing")));
    auto listing = std::make_shared<Listing>();
    listing->done = std::move(done);
    list_page(listing);
}

void PluginResolver::list_page(const std::shared_ptr<Listing>& listing) {
    const auto take = [this, listing](const Result<PluginAnswer>& page) {
        if (!page) return listing->done(tl::unexpected(page.error()));
        if (auto added = add_page(name(), *page, listing->accounts); !added)
            return listing->done(pass(added));
        if (page->cursor.empty()) return listing->done(std::move(listing->accounts));
        if (++listing->pages >= list_pages_max || listing->accounts.size() > list_accounts_max) {
            return listing->done(
                fail(Errc::invalid, fmt::format("{}: the list has over {} accounts or {} pages",
                                                name(), list_accounts_max, list_pages_max)));
        }
        listing->cursor = page->cursor;
        list_page(listing);
    };
    request(
        {take}, manage_timeout(),
        [&](uint64_t number) {
            const midge_list list = {sizeof(list),
                                     millis(manage_timeout()),
                                     number,
                                     to_text(listing->cursor),
                                     list_page_accounts_max,
                                     0};
            table_.list(self_, &list);
        },
        list_page_bytes_max);
}

void PluginResolver::erase(const std::string& account, Done done) {
    if (!can_erase()) return done(tl::unexpected(unsupported(name(), "erasing")));
    if (!has_account_key_form(account)) return done(tl::unexpected(bad_key(name())));
    auto finish = [this, done = std::move(done)](Result<PluginAnswer> answer) {
        done(finished(name(), std::move(answer)));
    };
    request({std::move(finish)}, manage_timeout(), [&](uint64_t number) {
        const midge_erase erase = {sizeof(erase), millis(manage_timeout()), number,
                                   to_text(account)};
        table_.erase(self_, &erase);
    });
}

// Store, list and erase are operators' requests. The short time limit of logins must not make them
// fail.
std::chrono::milliseconds PluginResolver::manage_timeout() const noexcept {
    return std::max(fetch_timeout_, manage_timeout_min);
}

void PluginResolver::report(std::vector<ComponentReport>& out) {
    ComponentReport report;
    report.kind = "resolver";
    report.instance = journal_.name();
    report.plugin = plugin_line(table_.name);
    report.version = plugin_line(table_.version);
    report.metrics.emplace_back("host_requests_waiting", static_cast<int64_t>(pending_.waiting()));
    report.metrics.emplace_back("host_answers_ignored",
                                static_cast<int64_t>(ignored_answers_.load()));
    if (const auto inside = calls_.enter()) {
        const std::lock_guard one_at_a_time(report_mutex_);
        ask_for_report(table_.report, self_, report);
    }
    out.push_back(std::move(report));
}

void PluginResolver::stop() {
    const std::lock_guard lock(stop_mutex_);
    if (stopped_) return;
    stopped_ = true;
    calls_.close();
    if (created_) table_.stop(self_);
    host_.gate.close();
    pending_.stop();
}

template <class Call>
void PluginResolver::request(std::vector<PendingRequests::Done> dones,
                             std::chrono::milliseconds timeout, Call call, size_t bytes_max) {
    const auto inside = calls_.enter();
    if (!inside) {
        const Error stopped{Errc::unavailable, fmt::format("{} is stopped", name())};
        for (const auto& done : dones) done(tl::unexpected(stopped));
        return;
    }
    if (const auto number = pending_.add(std::move(dones), bytes_max, timeout)) call(*number);
}

void PluginResolver::on_complete(uint64_t number, const midge_answer& answer) {
    const bool every = answer.index == MIDGE_EVERY_ACCOUNT;
    auto taken = pending_.take(number, answer.index, every);
    if (taken.dones.empty()) return note_ignored(number, answer.index);
    auto result = read_answer(name(), answer, taken.bytes_max);
    if (every && result) result = fail(fmt::format("{}: one answer to several accounts", name()));
    for (auto& done : taken.dones)
        pending_.post([done = std::move(done), result] { done(result); });
}

void PluginResolver::note_ignored(uint64_t number, uint32_t index) {
    const auto fate = pending_.fate(number);
    // The plugin could not know that it was given up.
    if (fate == PendingRequests::Fate::given_up) return;
    // A plugin with this mistake makes it often: logs the 1st, 2nd, 4th, 8th ... time.
    const uint64_t count = ++ignored_answers_;
    if (!std::has_single_bit(count)) return;
    journal_.warn("ignored an answer to request {}{}, which {} (ignored so far: {})", number,
                  index == 0 ? "" : fmt::format(" (account {})", index),
                  fate == PendingRequests::Fate::over
                      ? "was answered before or is past its deadline"
                      : "does not exist",
                  count);
}

void PluginResolver::on_changed(int kind, midge_text account) {
    AccountChange change;
    if (kind == MIDGE_CHANGED_ACCOUNT || kind == MIDGE_CHANGED_DELETED) {
        if (!has_account_key_form(to_view(account))) {
            journal_.warn("ignored a change of something that is no account key");
            return;
        }
        change.kind = kind == MIDGE_CHANGED_DELETED ? AccountChange::Kind::deleted
                                                    : AccountChange::Kind::account;
        change.account = to_view(account);
    } else {
        change.kind = AccountChange::Kind::all;
    }
    if (!changed_) return;
    const std::lock_guard lock(changes_mutex_);
    if (changes_.size() >= waiting_changes_max) {
        changes_.clear();
        change = {AccountChange::Kind::all, {}};
    } else if (changes_.empty()) {
        pending_.post([this] { tell_changes(); });
    }
    changes_.push_back(std::move(change));
}

void PluginResolver::tell_changes() {
    std::vector<AccountChange> changes;
    {
        const std::lock_guard lock(changes_mutex_);
        changes.swap(changes_);
    }
    for (AccountChange& change : changes) changed_(std::move(change));
}

}  // namespace midge
