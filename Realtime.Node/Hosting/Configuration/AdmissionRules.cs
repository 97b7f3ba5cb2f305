using Realtime.Node.Configuration;
using Realtime.Node.Connections;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The ranges of admission, and what the node makes of them.</summary>
public static class AdmissionRules
{
    private const string Admission = $"{RealtimeOptions.Section}:Admission";
    private const int Most = 1_000_000;

    public static void Check(RealtimeOptions options, FaultList faults)
    {
        var admission = options.Admission;
        faults.Range($"{Admission}:Handshakes", admission.Handshakes, 1, Most);
        faults.Range($"{Admission}:HandshakeBurst", admission.HandshakeBurst, 1, Most);
        faults.Range($"{Admission}:Resumes", admission.Resumes, 1, Most);
        faults.Range($"{Admission}:ResumeBurst", admission.ResumeBurst, 1, Most);
        faults.Range($"{Admission}:GatewayRequests", admission.GatewayRequests, 1, Most);
        NotLess("HandshakeBurst", admission.HandshakeBurst, "Handshakes", admission.Handshakes, faults);
        NotLess("Resumes", admission.Resumes, "Handshakes", admission.Handshakes, faults);
        NotLess("ResumeBurst", admission.ResumeBurst, "Resumes", admission.Resumes, faults);
    }

    public static AdmissionPolicy ToPolicy(AdmissionOptions options) => new()
    {
        Handshakes = options.Handshakes,
        HandshakeBurst = options.HandshakeBurst,
        Resumes = options.Resumes,
        ResumeBurst = options.ResumeBurst,
        GatewayRequests = options.GatewayRequests,
    };

    private static void NotLess(string name, int value, string other, int least, FaultList faults)
    {
        if (value < least)
        {
            faults.Add($"{Admission}:{name}", $"must not be less than {other} ({least}), is {value}");
        }
    }
}
