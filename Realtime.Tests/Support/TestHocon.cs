namespace Realtime.Tests.Support;

/// <summary>What every actor system of a test begins with, so that the output of a run shows what matters.</summary>
internal static class TestHocon
{
    /// <summary>Only errors, which no test expects.</summary>
    public const string Quiet = """
        akka.loglevel = ERROR
        akka.stdout-loglevel = ERROR
        akka.log-dead-letters = off
        akka.log-dead-letters-during-shutdown = off

        """;

    /// <summary>Nothing: actors and journals of the test fail on purpose.</summary>
    public const string Silent = """
        akka.loggers = []
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        akka.log-dead-letters-during-shutdown = off

        """;
}
