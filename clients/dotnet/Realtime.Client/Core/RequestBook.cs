namespace Realtime.Client.Core;

/// <summary>
/// The requests without an answer. Publishes with a sequence number are sent in order and never more than the server's
/// window apart: it remembers only that many numbers of a producer, so a repeat from further back could not be told
/// from a new message. After a reconnect they are repeated, oldest first, under their old numbers.
/// </summary>
internal sealed class RequestBook(long nextSeq, int capacity)
{
    private readonly Dictionary<long, Request> _byId = [];
    private readonly SortedDictionary<long, Request> _publishes = [];
    private readonly SortedDictionary<long, Request> _others = [];
    private readonly SortedSet<long> _unsent = [];
    private long _nextId = 1;

    public long NextSeq { get; private set; } = nextSeq;

    /// <summary>The next moment at which a refused publish is to be sent again.</summary>
    public TimeSpan? Deadline { get; private set; }

    public bool IsEmpty => _byId.Count == 0;

    public long NextId() => _nextId++;

    public bool IsLeaving(string channel) => _others.Values.Any(request => request.Kind == RequestKind.Unsubscribe && request.Channel == channel);

    public void Add(Request request, List<ClientEffect> effects)
    {
        if (_byId.Count >= capacity)
        {
            effects.Add(new ClientEffect.Refuse(request, new Fault(ErrorCodes.QueueFull, $"{capacity} requests are waiting already.")));
            return;
        }

        request.Number(NextId(), request.ExactlyOnce ? NextSeq++ : 0);
        _byId.Add(request.Id, request);
        if (InWindow(request))
        {
            _publishes.Add(request.Seq, request);
        }
        else
        {
            _others.Add(request.Id, request);
            _unsent.Add(request.Id);
        }
    }

    public void Remove(Request request)
    {
        if (_byId.Remove(request.Id))
        {
            _publishes.Remove(request.Seq);
            _others.Remove(request.Id);
            _unsent.Remove(request.Id);
        }
    }

    /// <summary>Takes the answered request out; null when nobody waits for that answer (cancelled, or answered before).</summary>
    public Request? Answered(long id)
    {
        if (_byId.TryGetValue(id, out var request))
        {
            Remove(request);
        }

        return request;
    }

    /// <summary>An error came for a request: it fails, or is sent again later.</summary>
    public Request? Refused(long id, Fault fault, Moment at, List<ClientEffect> effects)
    {
        if (!_byId.TryGetValue(id, out var request))
        {
            return null;
        }

        // The number makes the repeat safe even where the outcome is unknown. Later publishes of the channel that are
        // not under way yet wait behind it.
        if (InWindow(request) && fault.IsTemporary)
        {
            request.RetryAt = at.Now + (fault.RetryAfter ?? Pacing.BackOff(request.Refusals++, at.Roll));
            request.Link = 0;
            return request;
        }

        Remove(request);
        // "Not subscribed" to what one wanted to leave: that is what was asked for.
        effects.Add(request.Kind == RequestKind.Unsubscribe && fault.Code == ErrorCodes.NotSubscribed
            ? new ClientEffect.Answer(request, default)
            : new ClientEffect.Refuse(request, fault));
        return request;
    }

    /// <summary>A link is gone: what may be repeated waits for the next one, the rest is of unknown outcome.</summary>
    public void LinkLost(int link, List<ClientEffect> effects)
    {
        foreach (var request in _byId.Values.Where(request => request.Link == link).OrderBy(request => request.Id).ToList())
        {
            if (request.Repeatable)
            {
                Unsend(request);
            }
            else
            {
                Remove(request);
                effects.Add(new ClientEffect.Refuse(
                    request,
                    new Fault(ErrorCodes.ConnectionLost, "The connection broke before the answer came.", Outcome.Unknown)));
            }
        }
    }

    /// <summary>
    /// The session moved to a new link while the old one still answers what it has accepted: what may be repeated is
    /// repeated on the new link at once, the rest waits for the old link's answer.
    /// </summary>
    public void MoveFrom(int link)
    {
        foreach (var request in _byId.Values.Where(request => request.Link == link && request.Repeatable))
        {
            Unsend(request);
        }
    }

    /// <summary>Unsubscribes go before anything that subscribes again, so that a channel left and entered stays entered.</summary>
    public void SendUnsubscribes(int link, List<ClientEffect> effects)
    {
        foreach (var id in _unsent.Where(id => _others[id].Kind == RequestKind.Unsubscribe).ToList())
        {
            Send(_others[id], link, effects);
        }
    }

    /// <summary>Sends what may be sent now.</summary>
    public void Pump(int link, TimeSpan now, ClientLimits limits, List<ClientEffect> effects)
    {
        Deadline = null;
        while (_unsent.Count > 0)
        {
            SendOrRefuse(_others[_unsent.Min], link, limits, effects);
        }

        var tooLarge = new List<Request>();
        var held = new HashSet<string?>();
        var first = -1L;
        foreach (var (seq, request) in _publishes)
        {
            first = first < 0 ? seq : first;
            if (seq - first >= limits.Inflight)
            {
                break;
            }

            if (request.RetryAt is { } retryAt && retryAt > now)
            {
                Deadline = Deadline is { } sooner && sooner < retryAt ? sooner : retryAt;
                held.Add(request.Channel);
            }
            else if (request.Link == 0 && !held.Contains(request.Channel))
            {
                request.RetryAt = null;
                if (request.Frame.Length > limits.FrameBytes)
                {
                    tooLarge.Add(request);
                }
                else
                {
                    Send(request, link, effects);
                }
            }
        }

        foreach (var request in tooLarge)
        {
            SendOrRefuse(request, link, limits, effects);
        }
    }

    /// <summary>The end: everybody who waits is told.</summary>
    public void FailAll(Fault fault, List<ClientEffect> effects)
    {
        foreach (var request in _byId.Values.OrderBy(request => request.Id))
        {
            effects.Add(new ClientEffect.Refuse(request, fault with { Outcome = request.Sent ? Outcome.Unknown : Outcome.None }));
        }

        _byId.Clear();
        _publishes.Clear();
        _others.Clear();
        _unsent.Clear();
        Deadline = null;
    }

    private static bool InWindow(Request request) => request is { Kind: RequestKind.Publish, ExactlyOnce: true };

    private void SendOrRefuse(Request request, int link, ClientLimits limits, List<ClientEffect> effects)
    {
        // A frame above the limit would cost the connection (1009), be repeated on the next one, and cost that too.
        if (request.Frame.Length > limits.FrameBytes)
        {
            Remove(request);
            effects.Add(new ClientEffect.Refuse(
                request,
                new Fault(ErrorCodes.TooLarge, $"The frame has {request.Frame.Length} bytes, the server takes {limits.FrameBytes}.")));
            return;
        }

        Send(request, link, effects);
    }

    private void Send(Request request, int link, List<ClientEffect> effects)
    {
        _unsent.Remove(request.Id);
        request.Link = link;
        request.Sent = true;
        effects.Add(new ClientEffect.Send(link, request.Frame));
    }

    private void Unsend(Request request)
    {
        request.Link = 0;
        if (!InWindow(request))
        {
            _unsent.Add(request.Id);
        }
    }
}
