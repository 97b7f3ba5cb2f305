using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>Hands recovered events to the entity by pages; of a session's log the newest record only.</summary>
internal sealed class RecoveryPages(LogKind kind, LogLimits limits)
{
    private List<LoggedEvent> _page = [];
    private long _bytes;
    private LoggedEvent? _newest;
    private bool _hasBegun;

    /// <summary>What the fence has to carry on: the newest record of a session; null for other logs.</summary>
    public JournalEvent? Kept => _newest?.Body;

    public void Begin(ChannelSnapshot? snapshot, List<LogEffect> effects)
    {
        _hasBegun = true;
        effects.Add(new LogEffect.Report(new LogNews.RecoveryStarted(snapshot)));
    }

    public void Add(LoggedEvent logged, List<LogEffect> effects)
    {
        if (kind is LogKind.Session)
        {
            _newest = Record(logged) ?? _newest;
            return;
        }

        BeginOnce(effects);
        _page.Add(logged);
        _bytes += EventSizes.Of(logged.Body);
        if (_page.Count >= limits.EventMessages || _bytes >= limits.EventBytes)
        {
            Flush(effects);
        }
    }

    public void Finish(List<LogEffect> effects)
    {
        BeginOnce(effects);
        if (_newest is not null)
        {
            _page.Add(_newest);
        }

        Flush(effects);
    }

    private static LoggedEvent? Record(LoggedEvent logged) => logged.Body switch
    {
        JournalEvent.SessionSaved or JournalEvent.Ended => logged,
        JournalEvent.Opened { Kept: { } kept } => logged with { Body = kept },
        _ => null,
    };

    private void BeginOnce(List<LogEffect> effects)
    {
        if (!_hasBegun)
        {
            Begin(null, effects);
        }
    }

    private void Flush(List<LogEffect> effects)
    {
        if (_page.Count > 0)
        {
            effects.Add(new LogEffect.Report(new LogNews.Replayed(_page)));
            _page = [];
            _bytes = 0;
        }
    }
}
