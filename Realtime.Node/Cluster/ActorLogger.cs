using Akka.Actor;
using Akka.Cluster;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using Realtime.Node.Telemetry;
using AkkaLevel = Akka.Event.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Realtime.Node.Cluster;

/// <summary>
/// Writes Akka's log lines to the application's loggers: the text as it is meant to be read instead of a template with numbered holes, the
/// class that wrote it as category, and the actor. An actor that failed is one line with a number of its own.
/// </summary>
internal sealed partial class ActorLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>A class that Akka keeps to itself.</summary>
    private const string HeartbeatSender = "Akka.Cluster.ClusterHeartbeatSender";

    private readonly Dictionary<Type, ILogger> _loggers = [];
    private readonly ILoggerFactory _factory;
    private readonly ILogger _failures;
    private readonly PeerLines _peers = new(TimeProvider.System);

    public ActorLogger()
    {
        _factory = Context.System.Settings.Setup.Get<ActorLoggerSetup>().Value.Factory;
        _failures = _factory.CreateLogger<ActorLogger>();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case LogEvent { Cause: { } ended } failed when IsSupervision(failed) && ended.GetType().Namespace is PeerLines.Remoting:
                // A connection to another node that ended. Remoting says that in a line of its own.
                Write(failed, AkkaLevel.DebugLevel);
                break;
            case LogEvent { Cause: { } cause } failed when IsSupervision(failed):
                ActorFailed(_failures, WithoutAddress(failed.LogSource), cause);
                break;
            case LogEvent logged:
                Write(logged, SaysNothing(logged) ? AkkaLevel.DebugLevel : logged.LogLevel());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Of an actor that throws; what becomes of it is its parent's to say, and for all of ours that it stops.</summary>
    private static bool IsSupervision(LogEvent logged) =>
        logged.LogLevel() is AkkaLevel.ErrorLevel && typeof(SupervisorStrategy).IsAssignableFrom(logged.LogClass);

    /// <summary>A late heartbeat, after a pause of the whole process for instance, of a node that no other node hears.</summary>
    private static bool IsNotHeard(LogEvent logged) =>
        logged.LogClass.FullName == HeartbeatSender && Akka.Cluster.Cluster.Get(Context.System).State.Members.Count <= 1;

    private bool SaysNothing(LogEvent logged) => IsNotHeard(logged) || _peers.SaysNothingNew(logged, HasGone);

    /// <summary>Before this node is a member itself it is news that others cannot be reached.</summary>
    private static bool HasGone(string address) => Akka.Cluster.Cluster.Get(Context.System) is { SelfMember.Status: MemberStatus.Up } cluster
        && !cluster.State.Members.Any(member => member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up && $"{member.Address}" == address);

    private void Write(LogEvent logged, AkkaLevel akkaLevel)
    {
        var logger = LoggerOf(logged.LogClass);
        var level = LevelOf(akkaLevel);
        if (!logger.IsEnabled(level))
        {
            return;
        }

        // A value in it must not pass for a line of the log, nor for a hole of the template.
        var text = PeerLines.WithoutStack(logged).ReplaceLineEndings(" ");
        KeyValuePair<string, object?>[] state =
        [
            new("Actor", WithoutAddress(logged.LogSource)),
            new("{OriginalFormat}", text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)),
        ];
        logger.Log(level, default, state, logged.Cause, (_, _) => text);
    }

    private ILogger LoggerOf(Type category)
    {
        if (!_loggers.TryGetValue(category, out var logger))
        {
            _loggers.Add(category, logger = _factory.CreateLogger(category));
        }

        return logger;
    }

    private static string WithoutAddress(string source)
    {
        const string scheme = "://";
        var address = source.IndexOf(scheme, StringComparison.Ordinal);
        var path = address < 0 ? -1 : source.IndexOf('/', address + scheme.Length);
        return path < 0 ? source : source[path..];
    }

    private static LogLevel LevelOf(AkkaLevel level) => level switch
    {
        AkkaLevel.DebugLevel => LogLevel.Debug,
        AkkaLevel.InfoLevel => LogLevel.Information,
        AkkaLevel.WarningLevel => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    [LoggerMessage(LogEvents.ActorFailed, LogLevel.Error, "Actor {Actor} failed")]
    private static partial void ActorFailed(ILogger logger, string actor, Exception failure);
}
