namespace Realtime.Cluster.Sharding;

/// <summary>A node was reached and has no answer to an inquiry, or the question may not be asked; the message says why.</summary>
public sealed class InquiryRefusedException(string message) : Exception(message);
