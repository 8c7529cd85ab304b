#include "subject/subject_index.h"

#include <algorithm>
#include <mutex>

#include "subject/subject.h"

namespace midge {
namespace {

// Where so many subscriptions are for one pattern, matches share one list of them.
constexpr size_t copied_max = 16;

}  // namespace

struct SubjectIndex::Node {
    std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>> literals;
    std::unique_ptr<Node> one;   // '*'
    std::unique_ptr<Node> rest;  // '>'; has entries only
    std::vector<Ref<IndexEntry>> plain;
    QueueGroups queues;
    mutable Ref<const MatchResult> kept;  // all of these; null: not asked for since a change

    [[nodiscard]] size_t receivers() const { return plain.size() + queues.all().size(); }
    [[nodiscard]] bool empty() const {
        return literals.empty() && !one && !rest && receivers() == 0;
    }
    [[nodiscard]] Node& child(const Token& token) {
        if (token.text == "*") return *(one ? one : one = std::make_unique<Node>());
        if (token.text == ">" && !token.more)
            return *(rest ? rest : rest = std::make_unique<Node>());
        auto found = literals.find(token.text);
        if (found == literals.end()) {
            found = literals.emplace(std::string(token.text), std::make_unique<Node>()).first;
        }
        return *found->second;
    }
    [[nodiscard]] Node* find_child(const Token& token) {
        if (token.text == "*") return one.get();
        if (token.text == ">" && !token.more) return rest.get();
        const auto found = literals.find(token.text);
        return found == literals.end() ? nullptr : found->second.get();
    }
    void drop_child(const Token& token) {
        if (token.text == "*") {
            one.reset();
        } else if (token.text == ">" && !token.more) {
            rest.reset();
        } else {
            literals.erase(literals.find(token.text));
        }
    }
};

SubjectIndex::SubjectIndex() : root_(std::make_unique<Node>()) {}
SubjectIndex::~SubjectIndex() = default;

void SubjectIndex::insert(const Ref<IndexEntry>& entry) {
    Ref<const MatchResult> former;  // goes when others can go on
    const std::unique_lock lock(mutex_);
    Node* node = root_.get();
    std::string_view rest = entry->subject();
    for (bool more = true; more;) {
        const Token token = take_token(rest);
        node = &node->child(token);
        more = token.more;
    }
    former = std::exchange(node->kept, {});
    uint64_t steps = 0;
    auto& entries =
        entry->queue().empty() ? node->plain : node->queues.change(entry->queue(), steps).members;
    entry->place_ = entries.size();
    entries.push_back(entry);
    count_steps(steps + 1);
    size_.fetch_add(1, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
}

bool SubjectIndex::remove(const IndexEntry& entry) {
    Ref<const MatchResult> former;  // goes when others can go on
    const std::unique_lock lock(mutex_);
    // The path down, so that nodes which become empty are dropped on the way back.
    std::vector<std::pair<Node*, Token>> path;
    Node* node = root_.get();
    std::string_view rest = entry.subject();
    for (bool more = true; more;) {
        const Token token = take_token(rest);
        path.emplace_back(node, token);
        node = node->find_child(token);
        if (node == nullptr) return false;
        more = token.more;
    }
    former = std::exchange(node->kept, {});
    if (!erase(*node, entry)) return false;
    for (; !path.empty() && node->empty(); path.pop_back()) {
        node = path.back().first;
        node->drop_child(path.back().second);
    }
    size_.fetch_sub(1, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    return true;
}

bool SubjectIndex::replace(const IndexEntry& entry, const Ref<IndexEntry>& by) {
    Ref<const MatchResult> former;  // goes when others can go on
    const std::unique_lock lock(mutex_);
    Node* node = root_.get();
    std::string_view rest = entry.subject();
    for (bool more = true; more;) {
        const Token token = take_token(rest);
        node = node->find_child(token);
        if (node == nullptr) return false;
        more = token.more;
    }
    uint64_t steps = 1;
    auto* const entries = siblings(*node, entry, steps);
    if (entries == nullptr) return false;
    former = std::exchange(node->kept, {});
    by->place_ = entry.place_;
    (*entries)[by->place_] = by;
    count_steps(steps);
    generation_.fetch_add(1, std::memory_order_release);
    return true;
}

std::vector<Ref<IndexEntry>>* SubjectIndex::siblings(Node& node, const IndexEntry& entry,
                                                     uint64_t& steps) {
    const bool plain = entry.queue().empty();
    const size_t group = plain ? 0 : node.queues.place_of(entry.queue(), steps);
    if (group == QueueGroups::nowhere) return nullptr;
    const auto& known = plain ? node.plain : node.queues.all()[group]->members;
    if (entry.place_ >= known.size() || known[entry.place_].get() != &entry) return nullptr;
    return plain ? &node.plain : &node.queues.change(entry.queue(), steps).members;
}

bool SubjectIndex::erase(Node& node, const IndexEntry& entry) {
    uint64_t steps = 1;
    auto* const entries = siblings(node, entry, steps);
    if (entries == nullptr) return false;
    // Order does not matter: the last takes its place.
    entries->back()->place_ = entry.place_;
    std::swap((*entries)[entry.place_], entries->back());
    entries->pop_back();
    if (!entry.queue().empty() && entries->empty())
        node.queues.erase(node.queues.place_of(entry.queue(), steps));
    count_steps(steps);
    return true;
}

Ref<const MatchResult> SubjectIndex::match(std::string_view subject) const {
    if (!is_matchable(subject)) return make_ref<const MatchResult>();
    Nodes nodes;
    const std::shared_lock lock(mutex_);
    collect(*root_, subject, nodes);
    return nodes.size() == 1 && nodes.front()->receivers() > copied_max ? match_of(*nodes.front())
                                                                        : join(nodes);
}

// Depth is bounded by the subject's tokens, and those by max_control_line.
void SubjectIndex::collect(const Node& node, std::string_view rest, Nodes& out) {
    const auto take = [&out](const Node& found) {
        if (found.receivers() > 0) out.push_back(&found);
    };
    if (node.rest) take(*node.rest);
    const Token token = take_token(rest);
    const auto descend = [&](const Node& next) {
        token.more ? collect(next, rest, out) : take(next);
    };
    if (const auto found = node.literals.find(token.text); found != node.literals.end())
        descend(*found->second);
    if (node.one) descend(*node.one);
}

Ref<const MatchResult> SubjectIndex::match_of(const Node& node) const {
    const std::lock_guard lock(kept_mutex_);
    if (!node.kept) node.kept = join({&node});
    return node.kept;
}

// The groups of the node with the most of them are taken as they are, so that many cost little.
Ref<const MatchResult> SubjectIndex::join(const Nodes& nodes) const {
    auto out = make_ref<MatchResult>();
    uint64_t steps = 0;
    const Node* most = nullptr;
    size_t plain = 0;
    for (const Node* node : nodes) {
        plain += node->plain.size();
        if (most == nullptr || node->queues.all().size() > most->queues.all().size()) most = node;
    }
    out->plain.reserve(plain);
    if (most != nullptr) out->queues = most->queues.all();
    QueueGroups added;
    for (const Node* node : nodes) {
        steps += node->receivers();
        out->plain.insert(out->plain.end(), node->plain.begin(), node->plain.end());
        if (node == most) continue;
        for (const Ref<QueueGroup>& group : node->queues.all()) {
            const size_t place = most->queues.place_of(group->name, steps);
            auto& members = place != QueueGroups::nowhere
                                ? own_group(out->queues[place], steps).members
                                : added.change(group->name, steps).members;
            members.insert(members.end(), group->members.begin(), group->members.end());
            steps += group->members.size();
        }
    }
    out->queues.insert(out->queues.end(), added.all().begin(), added.all().end());
    // The members of every group count: others have the groups too, but only until one changes.
    size_t members = 0;
    for (const Ref<QueueGroup>& group : out->queues) members += group->members.size();
    out->memory_bytes =
        sizeof(MatchResult) + (plain + out->queues.size() + members) * sizeof(void*);
    count_steps(steps);
    return out;
}

}  // namespace midge
