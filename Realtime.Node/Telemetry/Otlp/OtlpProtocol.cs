namespace Realtime.Node.Telemetry.Otlp;

/// <summary>How OTLP travels.</summary>
public enum OtlpProtocol
{
    /// <summary>Protobuf in HTTP requests, usually port 4318.</summary>
    HttpProtobuf = 1,

    /// <summary>gRPC, usually port 4317.</summary>
    Grpc = 2,
}
