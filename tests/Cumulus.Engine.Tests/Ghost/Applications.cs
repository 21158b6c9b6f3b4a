using Cumulus.Engine.Ghost;

namespace Cumulus.Engine.Tests.Ghost;

/// <summary>Definitions to test with.</summary>
internal static class Applications
{
    public const string Minimal = """
        name: web
        env: prod
        role: front
        region: eu-west-1
        vpc_id: vpc-1
        instance_type: t3.small
        build_infos:
          source_ami: ami-1
          subnet_id: subnet-1
        """;

    public const string Full = """
        schema: 1
        name: web
        env: prod
        role: front
        description: 'The shop: "front"'
        assumed_account_id: '123456789012'
        assumed_role_name: ghost
        assumed_external_id: shop/42
        region: eu-west-1
        vpc_id: vpc-1
        architecture: arm64
        instance_type: t4g.small
        instance_monitoring: true
        build_infos:
          ssh_username: admin
          source_ami_filter: { name: 'al2023-ami-*', owner: amazon }
          subnet_id: subnet-1
          kms_key_id: alias/images
          copy_regions: [eu-central-1]
          share_accounts: ['210987654321']
        environment_infos:
          security_groups: [sg-1, sg-2]
          subnet_ids: [subnet-2, subnet-3]
          instance_profile: web-profile
          key_name: ops
          public_ip_address: false
          root_block_device: { size: 30, name: /dev/xvda, volume_type: gp3, iops: 4000, throughput: 250 }
          optional_volumes:
            - { device_name: /dev/xvdb, volume_type: io2, volume_size: 100, iops: 1000, launch_block_device_mappings: true }
          instance_tags:
            - { tag_name: Owner, tag_value: team-a }
          metadata_options: { hop_limit: 1 }
        env_vars:
          - { var_key: STAGE, var_value: live }
          - { var_key: DB_PASSWORD, var_value_from: 'ssm:/shop/db' }
        features:
          - { name: php, version: '8.3', provisioner: package }
          - name: nginx
            provisioner: ansible
            parameters: { workers: 4, hosts: [a, b], tls: true, level: '08' }
        modules:
          - name: site
            source: { protocol: git, url: 'https://git.example.org/site.git' }
            scope: code
            path: /srv/site
            uid: 33
            gid: 33
            build_pack: |
              #!/bin/bash
              make
            post_deploy: |
              #!/bin/bash
              systemctl reload php-fpm
          - { name: jobs, source: { protocol: s3, url: 's3://b/jobs' }, scope: system, path: /srv/jobs }
        autoscale:
          name: web-prod
          min: 2
          max: 6
          create: true
          target_groups: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef']
          health_check_type: ELB
          health_check_grace_period: 120
          warmup: 60
          maintenance_policy: { min_healthy: 100, max_healthy: 150 }
          mixed_instances: { instance_types: [m7g.large], on_demand_base: 1, on_demand_percentage: 50 }
        safe-deployment: { load_balancer_type: alb, wait_before_deploy: 5, wait_after_deploy: 0 }
        lifecycle_hooks:
          pre_buildimage: |
            #!/bin/bash
            dnf -y update
          pre_bootstrap: "#!/bin/sh\necho boot\n"
        blue_green: { enable_blue_green: true, color: blue, is_online: true }
        log_notifications:
          - ops@example.org
          - { email: dev@example.org, job_states: [failed, aborted] }
        """;

    public static GhostApplication Read(string yaml) => DefinitionReader.Read(yaml, "web.yml", null).Require();

    public static GhostApplication With(params (string Path, string? Value)[] values) =>
        DefinitionEdit.Apply(Read(Minimal), values.ToDictionary(v => v.Path, v => v.Value is null ? null : System.Text.Json.Nodes.JsonNode.Parse(v.Value)), []);
}
