using System.Collections.Concurrent;
using Realtime.Cluster.Kernel;

namespace Realtime.Tests.Kernel;

/// <summary>An actor that does what each message says and keeps what happened to it.</summary>
internal sealed class Recorder : Actor<Action<Recorder>>
{
    private readonly TaskCompletionSource<Exception?> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside;

    public ConcurrentQueue<Action<Recorder>> Handed { get; } = [];

    public Supervision Verdict { get; init; } = Supervision.Stop;

    public bool CountsDeadLetters { get; init; }

    public int TurnsEnded { get; private set; }

    public int Restarts { get; private set; }

    public int HandledThisTurn { get; private set; }

    public int LongestTurn { get; private set; }

    /// <summary>True as soon as two messages were ever handled at the same time.</summary>
    public bool Overlapped { get; private set; }

    public Task<Exception?> Ended => _stopped.Task;

    public void StopNow() => Stop();

    public Task Do(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Tell(_ =>
        {
            action();
            done.SetResult();
        }).ShouldBeTrue();
        return done.Task;
    }

    protected override void Receive(Action<Recorder> message)
    {
        Overlapped |= Interlocked.Increment(ref _inside) != 1;
        LongestTurn = Math.Max(LongestTurn, ++HandledThisTurn);
        try
        {
            message(this);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    protected override void TurnEnded()
    {
        TurnsEnded++;
        HandledThisTurn = 0;
    }

    protected override void Undelivered(Action<Recorder> message)
    {
        Handed.Enqueue(message);
        if (CountsDeadLetters)
        {
            base.Undelivered(message);
        }
    }

    protected override Supervision Supervise(Exception failure) => Verdict;

    protected override void Restarting() => Restarts++;

    protected override void Stopped(Exception? failure) => _stopped.SetResult(failure);
}
