namespace Realtime.Tests.Cluster.Checking;

/// <summary>A client came back, and its session was not known any more.</summary>
/// <param name="Born">When it was welcomed with it for the first time.</param>
internal sealed record SessionLoss(string Client, string Session, DateTimeOffset Born, DateTimeOffset At)
{
    public override string ToString() => $"session {Session} of {Client}, welcomed at {Born:mm:ss.fff}, was not known any more at {At:mm:ss.fff}";
}
