namespace Realtime.Node.Hosting.Configuration;

/// <summary>How many newcomers the node lets in per second, <c>Realtime:Admission</c>. The rest is told when to come again.</summary>
public sealed class AdmissionOptions
{
    /// <summary>Handshakes of new sessions per second over time, 1 to 1,000,000. Default 5000.</summary>
    public int Handshakes { get; set; } = 5_000;

    /// <summary>Handshakes of new sessions at once, no less than <see cref="Handshakes"/>, to 1,000,000. Default 20,000.</summary>
    public int HandshakeBurst { get; set; } = 20_000;

    /// <summary>
    /// Handshakes of sessions that come back per second over time, no less than <see cref="Handshakes"/>, to 1,000,000. A budget of its
    /// own, so that newcomers cannot keep out who was here. Default 10,000.
    /// </summary>
    public int Resumes { get; set; } = 10_000;

    /// <summary>Handshakes of sessions that come back at once, no less than <see cref="Resumes"/>, to 1,000,000. Default 40,000.</summary>
    public int ResumeBurst { get; set; } = 40_000;

    /// <summary>Answers of <c>GET /v1/gateway</c> per second, and four times as many at once, 1 to 1,000,000. Default 5000.</summary>
    public int GatewayRequests { get; set; } = 5_000;
}
