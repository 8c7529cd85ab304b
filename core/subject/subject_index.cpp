#include "subject/subject_index.h"

#include <algorithm>
#include <mutex>

#include "subject/subject.h"

namespace midge {

struct SubjectIndex::Node {
    std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>> literals;
    std::unique_ptr<Node> one;   // '*'
    std::unique_ptr<Node> rest;  // '>'; has entries only
    std::vector<Ref<IndexEntry>> plain;
    std::vector<QueueGroup> queues;

    [[nodiscard]] bool empty() const {
        return literals.empty() && !one && !rest && plain.empty() && queues.empty();
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
    void add(const Ref<IndexEntry>& entry) {
        if (entry->queue().empty()) {
            plain.push_back(entry);
            return;
        }
        for (QueueGroup& group : queues) {
            if (group.name == entry->queue()) {
                group.members.push_back(entry);
                return;
            }
        }
        queues.push_back({entry->queue(), {entry}});
    }
    bool erase(const IndexEntry& entry) {
        if (entry.queue().empty()) return erase_from(plain, entry);
        const auto group = std::find_if(queues.begin(), queues.end(), [&](const QueueGroup& g) {
            return g.name == entry.queue();
        });
        if (group == queues.end() || !erase_from(group->members, entry)) return false;
        if (group->members.empty()) queues.erase(group);
        return true;
    }
    // Order does not matter, so the last takes the place of the removed: constant time but for the
    // search.
    static bool erase_from(std::vector<Ref<IndexEntry>>& entries, const IndexEntry& entry) {
        const auto found =
            std::find_if(entries.begin(), entries.end(),
                         [&](const Ref<IndexEntry>& e) { return e.get() == &entry; });
        if (found == entries.end()) return false;
        *found = std::move(entries.back());
        entries.pop_back();
        return true;
    }
    void copy_to(MatchResult& out) const {
        out.plain.insert(out.plain.end(), plain.begin(), plain.end());
        for (const QueueGroup& group : queues) {
            const auto same =
                std::find_if(out.queues.begin(), out.queues.end(),
                             [&](const QueueGroup& g) { return g.name == group.name; });
            if (same == out.queues.end()) {
                out.queues.push_back(group);
            } else {
                same->members.insert(same->members.end(), group.members.begin(),
                                     group.members.end());
            }
        }
    }
};

SubjectIndex::SubjectIndex() : root_(std::make_unique<Node>()) {}
SubjectIndex::~SubjectIndex() = default;

void SubjectIndex::insert(const Ref<IndexEntry>& entry) {
    const std::unique_lock lock(mutex_);
    Node* node = root_.get();
    std::string_view rest = entry->subject();
    for (bool more = true; more;) {
        const Token token = take_token(rest);
        node = &node->child(token);
        more = token.more;
    }
    node->add(entry);
    size_.fetch_add(1, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
}

bool SubjectIndex::remove(const IndexEntry& entry) {
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
    if (!node->erase(entry)) return false;
    for (; !path.empty() && node->empty(); path.pop_back()) {
        node = path.back().first;
        node->drop_child(path.back().second);
    }
    size_.fetch_sub(1, std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    return true;
}

Ref<const MatchResult> SubjectIndex::match(std::string_view subject) const {
    auto result = make_ref<MatchResult>();
    if (is_matchable(subject)) {
        const std::shared_lock lock(mutex_);
        collect(*root_, subject, *result);
    }
    return result;
}

// Depth is bounded by the subject's tokens, and those by max_control_line.
void SubjectIndex::collect(const Node& node, std::string_view rest, MatchResult& out) {
    if (node.rest) node.rest->copy_to(out);
    const Token token = take_token(rest);
    const auto descend = [&](const Node& next) {
        token.more ? collect(next, rest, out) : next.copy_to(out);
    };
    if (const auto found = node.literals.find(token.text); found != node.literals.end())
        descend(*found->second);
    if (node.one) descend(*node.one);
}

}  // namespace midge
