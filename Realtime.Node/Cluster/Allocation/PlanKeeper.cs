using Akka.Actor;
using Akka.DistributedData;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Cluster;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>
/// Judges and writes the wishes of operators, one after the other: the cluster's one, so that of the last two nodes that are to be drained at once one is refused.
/// Before each decision it reads what most of the nodes know, after it it waits until most of them have it.
/// </summary>
internal sealed partial class PlanKeeper : UntypedActor, IWithTimers
{
    private const int MostWaiting = 1_000;

    /// <summary>Entries of processes that are gone are removed.</summary>
    private static readonly TimeSpan TidyEvery = TimeSpan.FromSeconds(5);

    private readonly ClusterMap _map;
    private readonly ILogger _log;
    private readonly IActorRef _replicator = PlanData.ReplicatorOf(Context.System);
    private readonly Queue<Wish> _waiting = [];
    private Wish? _current;

    public PlanKeeper(ClusterMap map, ILogger log) => (_map, _log) = (map, log);

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsOf(ClusterMap map, ILogger log) => Props.Create(() => new PlanKeeper(map, log));

    protected override void PreStart() => Timers.StartPeriodicTimer(Tidy.Instance, Tidy.Instance, TidyEvery);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PlanRequest request when _waiting.Count >= MostWaiting:
                Answer(new Wish(request, Sender), PlanAnswer.Unavailable);
                break;
            case PlanRequest request:
                _waiting.Enqueue(new Wish(request, Sender));
                Next();
                break;
            case Tidy:
                _waiting.Enqueue(new Wish(null, ActorRefs.Nobody));
                Next();
                break;
            case IGetResponse read when _current is { } wish:
                Judge(wish, PlanData.BookOf(read));
                break;
            case IUpdateResponse written when _current is { } wish:
                End(wish, written.IsSuccessful ? PlanAnswer.Accepted : PlanAnswer.Unavailable);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Next()
    {
        if (_current is null && _waiting.TryDequeue(out var wish))
        {
            _current = wish;
            _replicator.Tell(PlanData.Read());
        }
    }

    private void Judge(Wish wish, PlanBook? plans)
    {
        if (plans is null)
        {
            End(wish, PlanAnswer.Unavailable);
            return;
        }

        if (wish.Request is null)
        {
            Write([.. PlanRules.Outdated(_map.Current, plans).Select(key => KeyValuePair.Create<string, string?>(key, null))], wish, PlanAnswer.Accepted);
            return;
        }

        var verdict = PlanRules.Judge(wish.Request, _map.Current, plans);
        Write(verdict.Key is { } key ? [KeyValuePair.Create(key, verdict.Value)] : [], wish, verdict.Answer);
    }

    private void Write(List<KeyValuePair<string, string?>> entries, Wish wish, PlanAnswer answer)
    {
        if (entries.Count == 0)
        {
            Answer(wish, answer);
            _current = null;
            Next();
            return;
        }

        _replicator.Tell(PlanData.Write(Context.System, entries));
    }

    /// <summary>Something was to be written.</summary>
    private void End(Wish wish, PlanAnswer answer)
    {
        if (wish.Request is { } request)
        {
            Log(request, answer);
        }

        // The coordinator is on this node: what an operator asks of it next must not be older than what he was answered.
        _replicator.Tell(FlushChanges.Instance);

        Answer(wish, answer);
        _current = null;
        Next();
    }

    private void Answer(Wish wish, PlanAnswer answer)
    {
        // The coordinator waits for none.
        if (wish.Request is not (null or PlanRequest.Settle))
        {
            wish.Sender.Tell(new PlanReply.Judged(answer));
        }
    }

    private void Log(PlanRequest request, PlanAnswer answer)
    {
        switch (request)
        {
            case PlanRequest.Settle settle when answer is PlanAnswer.Accepted:
                MoveOver(_log, settle.Kind.Name(), settle.Shard.Value, settle.Target.Name, settle.IsThere ? "done" : "given up: the node takes no shards");
                break;
            case PlanRequest.Settle:
                break;
            case var wish when answer is PlanAnswer.Accepted:
                PlanAccepted(_log, TextOf(wish));
                break;
            default:
                PlanNotConfirmed(_log, TextOf(request));
                break;
        }
    }

    private static string TextOf(PlanRequest request) => request switch
    {
        PlanRequest.Drain drain => $"drain {drain.Node}",
        PlanRequest.Undrain undrain => $"undrain {undrain.Node}",
        PlanRequest.Leave leave => $"leave {leave.Node}",
        PlanRequest.Pause pause => $"pause balance until {DateTimeOffset.FromUnixTimeMilliseconds(pause.UntilMs):u}",
        PlanRequest.Resume => "resume balance",
        PlanRequest.Move move => $"move {move.Kind.Name()} shard {move.Shard} to {move.Target}",
        _ => request.ToString(),
    };

    [LoggerMessage(LogEvents.PlanAccepted, LogLevel.Information, "Shards: {Plan}")]
    private static partial void PlanAccepted(ILogger logger, string plan);

    [LoggerMessage(LogEvents.PlanNotConfirmed, LogLevel.Warning, "Shards: {Plan}: too few nodes have confirmed it")]
    private static partial void PlanNotConfirmed(ILogger logger, string plan);

    [LoggerMessage(LogEvents.MoveOver, LogLevel.Information, "Shards: the move of {Kind} shard {Shard} to {Node} is {Outcome}")]
    private static partial void MoveOver(ILogger logger, string kind, int shard, string node, string outcome);

    /// <param name="Request">Null: remove what is outdated.</param>
    private sealed record Wish(PlanRequest? Request, IActorRef Sender);

    private sealed class Tidy : INoSerializationVerificationNeeded
    {
        public static Tidy Instance { get; } = new();
    }
}
