using Microsoft.Extensions.Logging;
using Realtime.Messages.Ids;
using Realtime.Node.Gateway.Core;

namespace Realtime.Node.Gateway;

/// <summary>One line in the log when connections begin to go to other nodes, and one when that is over, with what became of them. Times are the mover's, in milliseconds.</summary>
internal sealed class MoverLines(NodeId self, ILogger log)
{
    private MoveSnapshot? _moves;
    private Drain? _drain;

    /// <summary>A drain goes on when the process that an operator drains is told to end.</summary>
    public void DrainBegins(long now, MoveSnapshot before, int connections, TimeSpan window)
    {
        _moves = null;
        if (_drain is null && connections > 0)
        {
            _drain = new Drain(now, before.Done, connections);
            log.DrainBegun(self.Name, connections, window);
        }
    }

    /// <param name="left">Connections that are still here.</param>
    public void DrainIsOver(long now, MoveSnapshot after, int left)
    {
        if (_drain is { } drain)
        {
            _drain = null;
            log.DrainOver(self.Name, drain.Gone(after, left), left, now - drain.Since);
        }
    }

    /// <inheritdoc cref="DrainIsOver"/>
    public void DrainIsTakenBack(long now, MoveSnapshot after, int left)
    {
        if (_drain is { } drain)
        {
            _drain = null;
            log.DrainTakenBack(self.Name, drain.Gone(after, left), left, now - drain.Since);
        }
    }

    /// <summary>Connections that follow their sessions; in a drain they are part of it.</summary>
    public void Moves(MoveSnapshot now)
    {
        var isBusy = now.Mode is MoveMode.Rebalance && now.Pending + now.UnderWay > 0;
        if (isBusy && _moves is null)
        {
            _moves = now;
            log.MovesBegun(now.Pending + now.UnderWay, now.Connections, now.Rate);
        }
        else if (!isBusy && _moves is { } before)
        {
            _moves = null;
            log.MovesOver(now.Done - before.Done, now.Stayed);
        }
    }

    private sealed record Drain(long Since, long Done, int Connections)
    {
        /// <summary>The plan has not seen yet who left after its last look.</summary>
        public long Gone(MoveSnapshot after, int left) => Math.Max(after.Done - Done, Connections - left);
    }
}
