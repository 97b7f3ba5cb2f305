using Realtime.Cluster.Journal;
using Realtime.Cluster.Links;
using Realtime.Cluster.Sharding.Core;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// Requests of other nodes for one shard, in the order they came. Each is handled here, returned as moved, or waits: while entities stop,
/// while nobody knows whether this node's lease still holds, or until this node's view has reached the epoch the sender goes by.
/// </summary>
internal sealed class ForeignRequests(ShardServices services, RouteLimits limits)
{
    private readonly List<(Incarnation From, LinkFrame.Request Request, long Since)> _waiting = [];

    /// <summary>After a link was lost its node sends again what waits here already.</summary>
    private readonly HashSet<(Incarnation From, long Tag)> _known = [];

    public void Add(Incarnation from, LinkFrame.Request request)
    {
        if (_known.Contains((from, request.Tag)))
        {
            return;
        }

        if (_waiting.Count >= limits.Messages)
        {
            services.Send(from, new LinkFrame.Reply(request.Tag, new EntityReply.Refused(ErrorCode.Unavailable, "too many requests wait for this shard", 500)));
            return;
        }

        _waiting.Add((from, request, services.Now));
        _known.Add((from, request.Tag));
    }

    /// <summary>Before everything that waits.</summary>
    public void PutFirst(IReadOnlyList<(Incarnation From, LinkFrame.Request Request)> requests) =>
        _waiting.InsertRange(
            0, requests.Where(waiting => _known.Add((waiting.From, waiting.Request.Tag))).Select(waiting => (waiting.From, waiting.Request, services.Now)));

    /// <summary>Handles or returns what need not wait any longer.</summary>
    /// <param name="host">Null: entities are not here, or are stopping.</param>
    public void Settle(ShardRow row, RegionHost? host, bool mine)
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        var kept = 0;
        var refresh = false;
        for (var i = 0; i < _waiting.Count; i++)
        {
            var (from, request, _) = _waiting[i];
            if (request.Epoch == row.Epoch && row.Owner == services.Self)
            {
                // Once one waits, those behind it wait too.
                if (kept == 0 && mine && host is not null && services.MayServe
                    && host.Region.TryDeliver(request.To, new EntityInput(request.Message, new ReplyTo(services.RepliesTo(from), request.Tag))))
                {
                    _known.Remove((from, request.Tag));
                    continue;
                }

                _waiting[kept++] = _waiting[i];
            }
            else if (request.Epoch > row.Epoch)
            {
                refresh = true;
                _waiting[kept++] = _waiting[i];
            }
            else
            {
                _known.Remove((from, request.Tag));
                services.Send(from, new LinkFrame.Moved(request.Tag, request.Shard, row.Epoch, row.Owner));
            }
        }

        _waiting.RemoveRange(kept, _waiting.Count - kept);
        if (refresh)
        {
            services.Refresh();
        }
    }

    /// <summary>Lets go of what has waited so long that nobody can be waiting for the answer.</summary>
    public void Expire()
    {
        var now = services.Now;
        _waiting.RemoveAll(waiting => now - waiting.Since > limits.AnswerWithin && _known.Remove((waiting.From, waiting.Request.Tag)));
    }
}
