namespace Realtime.Node.Connections;

/// <summary>How many newcomers are let in.</summary>
public sealed record AdmissionPolicy
{
    /// <summary>Handshakes of new sessions per second.</summary>
    public int Handshakes { get; init; } = 5_000;

    public int HandshakeBurst { get; init; } = 20_000;

    /// <summary>Handshakes of sessions that come back, per second.</summary>
    public int Resumes { get; init; } = 10_000;

    public int ResumeBurst { get; init; } = 40_000;

    /// <summary>Answers of the gateway per second.</summary>
    public int GatewayRequests { get; init; } = 5_000;
}
