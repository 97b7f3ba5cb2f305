namespace Realtime.Tests.Deployment;

/// <summary>Every rule finds what it is for: an overlay with one thing changed, and the fault that has to be told.</summary>
public sealed class BrokenManifestTests
{
    [Theory]
    [InlineData("production", "targetPort: client", "targetPort: clients", "Service/realtime leads to port 'clients'")]
    [InlineData("production", "    port: 8080\n    targetPort: client", "    port: 80\n    targetPort: client", "has another number")]
    [InlineData("production", "  selector:\n    matchLabels:\n      app.kubernetes.io/component: node\n", "  selector:\n    matchLabels:\n      app.kubernetes.io/component: nodes\n", "does not select its own pods")]
    [InlineData("production", "serviceName: realtime-nodes", "serviceName: realtime-pods", "names service realtime-pods")]
    [InlineData("production", "serviceAccountName: realtime\n", "serviceAccountName: default\n", "runs as default")]
    [InlineData("production", "              name: gateway\n        path: /v1/gateway", "              name: gate\n        path: /v1/gateway", "Ingress/realtime leads to realtime-lighthouse:gate")]
    [InlineData("production", "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/component: node", "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/component: nodes", "selects no pods")]
    [InlineData("production", "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/component: lighthouse", "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/component: light", "selects no pods")]
    [InlineData("production", "secretName: realtime-tls", "secretName: other-tls", "takes its certificate from other-tls")]
    [InlineData("production", "    - realtime.example.com\n", "    - example.com\n", "has no certificate for realtime.example.com")]
    [InlineData("production", "key: view-key\n        name: realtime\n      type", "key: viewing-key\n        name: realtime\n      type", "ServiceMonitor/realtime has a key that is not there")]
    [InlineData("production", "    path: /metrics\n    port: operator", "    path: /metrics\n    port: metrics", "asks port metrics")]
    [InlineData("production", "            key: store\n", "            key: database\n", "key database of secret realtime")]
    [InlineData("production", "- configMapRef:\n            name: realtime-node", "- configMapRef:\n            name: other-node", "which is not there")]
    [InlineData("production", "automountServiceAccountToken: false\n      containers", "containers", "automountServiceAccountToken is missing")]
    [InlineData("production", "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot is")]
    [InlineData("production", "runAsUser: 1654", "runAsUser: 0", "as which user it runs")]
    [InlineData("production", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "readOnlyRootFilesystem is")]
    [InlineData("production", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "allowPrivilegeEscalation is")]
    [InlineData("production", "            - ALL\n", "            - CHOWN\n", "capabilities.drop.0 is CHOWN")]
    [InlineData("production", "type: RuntimeDefault", "type: Unconfined", "seccompProfile.type is Unconfined")]
    [InlineData("production", "            memory: 2Gi", "            memory: 2Gi\n            cpu: \"2\"", "limit of CPU")]
    [InlineData("production", "realtime/node:0.1.0", "realtime/node:latest", "has no tag that stays what it is")]
    [InlineData("production", "realtime/node:0.1.0", "realtime/node:0.0.9", "is not version")]
    [InlineData("production", "        startupProbe:", "        startupCheck:", "has no startupProbe")]
    [InlineData("production", "            path: /health/live\n            port: operator\n          periodSeconds: 10", "            path: /health/live\n            port: client\n          periodSeconds: 10", "is killed when its clients' port is full")]
    [InlineData("production", "            path: /health/serving\n            port: operator", "            path: /health/serving\n            port: health", "is probed at port health")]
    [InlineData("production", "terminationGracePeriodSeconds: 240", "terminationGracePeriodSeconds: 120", "is killed after 120 s")]
    [InlineData("production", "REALTIME__STOPTIMEOUT: 10s", "REALTIME__STOPTIMEOUT: 5m", "is killed after 240 s")]
    [InlineData("production", "REALTIME__CLUSTER__DRAINWINDOW: 2m", "REALTIME__CLUSTER__DRAINWINDOW: 5m", "is killed after 240 s")]
    [InlineData("production", "REALTIME__STOPTIMEOUT", "REALTIME__STOPTIME", "is not an option")]
    [InlineData("production", "            seconds: 5", "            seconds: 0", "while balancers still send clients")]
    [InlineData("production", "REALTIME__PORT: \"8080\"", "REALTIME__PORT: \"8081\"", "listens on *:8081")]
    [InlineData("production", "REALTIME__PORT: \"8090\"", "REALTIME__PORT: \"8091\"", "Deployment/realtime-lighthouse listens on *:8091")]
    [InlineData("production", "REALTIME__OPERATOR__PORT: \"9090\"", "REALTIME__OPERATOR__PORT: \"9091\"", "Deployment/realtime-lighthouse listens on *:9091")]
    [InlineData("production", "terminationGracePeriodSeconds: 90", "terminationGracePeriodSeconds: 30", "Deployment/realtime-lighthouse is killed after 30 s")]
    [InlineData("production", "REALTIME__ORIGINS", "REALTIME__NODE", "allows no origin: no page can connect")]
    [InlineData("production", "value: \"0\"", "value: 0", "is not a text")]
    [InlineData("production", "  ingress:\n  - ports:\n    - port: client", "  ingress:\n  - ports:\n    - port: clients", "opens port clients")]
    [InlineData("production", "  - ports:\n    - port: 4053\n", "  - ports:\n    - port: 4054\n", "leads to pods or ports that are not there: 4054")]
    [InlineData("production", "  - ports:\n    - port: 9080\n", "  - ports:\n    - port: 9081\n", "leads to pods or ports that are not there: 9081")]
    [InlineData("production", "    kind: StatefulSet\n    name: realtime", "    kind: StatefulSet\n    name: realtimes", "scales what is not there")]
    [InlineData("production", "  podManagementPolicy: Parallel", "  replicas: 3\n  podManagementPolicy: Parallel", "says how many replicas it has")]
    [InlineData("production", "minReplicas: 3", "minReplicas: 2", "fewer than three")]
    [InlineData("local", "replicas: 3", "replicas: 2", "fewer than three")]
    [InlineData("production", "      - periodSeconds: 600\n        type: Pods\n        value: 1", "      - periodSeconds: 600\n        type: Pods\n        value: 2", "more than one node at a time")]
    [InlineData("production", "REALTIME__CLUSTER__CAPACITY: \"10000\"", "REALTIME__CLUSTER__CAPACITY: \"50000\"", "takes 20000 connections")]
    [InlineData("production", "REALTIME__CLUSTER__CAPACITY: \"10000\"", "REALTIME__CLUSTER__CAPACITY: \"8000\"", "lets 7000 connections stand")]
    [InlineData("production-direct", "maxReplicas: 6", "maxReplicas: 7", "does not lead to pod 6")]
    [InlineData("production-direct", "wss://$(REALTIME__NODE).", "wss://$(POD_NAME).", "refers to $(POD_NAME)")]
    [InlineData("production-direct", "statefulset.kubernetes.io/pod-name: realtime-2", "statefulset.kubernetes.io/pod-name: realtime-1", "does not lead to pod 2")]
    [InlineData("local", "max_connections=200", "max_connections=100", "StatefulSet/postgres takes 100 connections")]
    [InlineData("local", "max_connections=200", "shared_buffers=200", "StatefulSet/postgres takes 100 connections")]
    [InlineData("production", "REALTIME__CLUSTER__PORT: \"4053\"", "REALTIME__CLUSTER__PORT: \"0\"", "says that actors is 4053")]
    [InlineData("production", "REALTIME__CLUSTER__HOST: '*'", "REALTIME__CLUSTER__HOST: localhost", "listens on localhost:4053")]
    [InlineData("production", "name: REALTIME__CLUSTER__ADVERTISEDHOST\n          valueFrom:\n            fieldRef:\n              fieldPath: status.podIP", "name: REALTIME__CLUSTER__ADVERTISEDHOST\n          value: realtime-nodes", "Cluster:AdvertisedHost is not each pod's own")]
    [InlineData("production", "name: REALTIME__NODE\n          valueFrom:\n            fieldRef:\n              fieldPath: metadata.name", "name: REALTIME__NODE\n          value: realtime", "Node is not each pod's own")]
    [InlineData("production", "REALTIME__CLUSTER__TLS: mutual", "REALTIME__CLUSTER__TLS: \"off\"", "Certificate is /etc/realtime/cluster/tls.crt")]
    [InlineData("production", "TLS: mutual\n  REALTIME__LIMITS__TRUSTEDPROXIES: 10.0.0.0/8\n  REALTIME__LOG__FORMAT: Json\n  REALTIME__MAX", "TLS: \"off\"\n  REALTIME__LIMITS__TRUSTEDPROXIES: 10.0.0.0/8\n  REALTIME__LOG__FORMAT: Json\n  REALTIME__MAX", "Cluster:Tls is not the same for all members")]
    [InlineData("local", "  REALTIME__CLUSTER__TLS: \"off\"\n", "", "does not say how the way between nodes is protected")]
    [InlineData("production", "REALTIME__CLUSTER__AUTHORITY: /etc/realtime/cluster/ca.crt", "REALTIME__CLUSTER__AUTHORITY: /etc/realtime/cluster/tls.crt", "Authority is /etc/realtime/cluster/tls.crt")]
    [InlineData("production", "mountPath: /etc/realtime/cluster", "mountPath: /etc/realtime/tls", "Certificate is /etc/realtime/cluster/tls.crt")]
    [InlineData("production", "secretName: realtime-cluster-tls", "secretName: other-tls", "mounts secret other-tls")]
    [InlineData("production", "        fsGroup: 1654\n", "", "may not read secret realtime-cluster-tls")]
    [InlineData("production", "defaultMode: 288", "defaultMode: 256", "may not read secret realtime-cluster-tls")]
    [InlineData("local", "name: POSTGRES_DB\n", "name: POSTGRES_DB\n          valueless: true\n", null)]
    [InlineData("local", "mountPath: /tmp\n          name: tmp", "mountPath: /tmp\n          name: temp", "mounts temp")]
    [InlineData("local", "  name: realtime\n---\napiVersion: v1\nautomount", "  name: elsewhere\n---\napiVersion: v1\nautomount", "is in no namespace of the overlay")]
    public void A_fault_is_found(string overlay, string good, string bad, string? fault)
    {
        var text = Manifests.Text(overlay);
        text.ShouldContain(good, Case.Sensitive, "nothing would be changed");
        var all = Manifests.Parse(text.Replace(good, bad, StringComparison.Ordinal));

        IReadOnlyList<string> faults =
        [
            .. ReferenceRules.Faults(all), .. PodRules.Faults(all), .. ConfigurationRules.Faults(all), .. ClusterRules.Faults(all),
            .. ScaleRules.Faults(all), .. NetworkRules.Faults(all),
        ];

        if (fault is null)
        {
            faults.ShouldBeEmpty();
        }
        else
        {
            faults.ShouldContain(found => found.Contains(fault, StringComparison.Ordinal), string.Join('\n', faults));
        }
    }
}
