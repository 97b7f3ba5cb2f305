namespace Realtime.Tests;

/// <summary>Why tests are skipped that will be back.</summary>
internal static class Parked
{
    public const string SeveralNodes = "Several nodes are parked until the cluster is back on Akka.NET.";
}
